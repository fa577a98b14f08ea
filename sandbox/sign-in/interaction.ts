import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { readBody } from '../read-body.ts';
import { accountByLogin } from './accounts.ts';
import { loginPage } from './pages.ts';

const formLimitBytes = 4096;

/** `GET` and `POST /interaction/<uid>`: the login page. */
export async function serveInteraction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid, prompt, params } = await provider.interactionDetails(request, response);
  if (prompt.name !== 'login') {
    // The client asked for consent explicitly; it is always given (see `grantEverything`).
    await provider.interactionFinished(request, response, { consent: {} }, { mergeWithLastSubmission: true });
    return;
  }
  const action = `/interaction/${uid}`;
  if (request.method !== 'POST') {
    const hint = typeof params['login_hint'] === 'string' ? params['login_hint'] : '';
    answer(response, 200, loginPage({ action, email: hint }));
    return;
  }
  const form = await readBody(request, formLimitBytes);
  if (form === undefined) throw new RangeError('the form is too large');
  const fields = new URLSearchParams(form);
  const email = fields.get('email') ?? '';
  const account = accountByLogin(email, fields.get('password') ?? '');
  if (account === undefined) {
    answer(response, 401, loginPage({ action, email, problem: 'E-mail or password is wrong.' }));
    return;
  }
  await provider.interactionFinished(
    request,
    response,
    { login: { accountId: account.sub } },
    { mergeWithLastSubmission: false },
  );
}

function answer(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(html);
}
