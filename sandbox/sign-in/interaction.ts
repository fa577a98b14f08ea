import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { accountByLogin } from './accounts.ts';
import { loginPage } from './pages.ts';

const bodyLimit = 4096;

/** `GET` and `POST /interaction/<uid>`: the login page. */
export async function serveInteraction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid, prompt, params } = await provider.interactionDetails(request, response);
  if (prompt.name !== 'login') {
    // Consent was asked for by name; ours is always given (see `grantEverything`).
    await provider.interactionFinished(request, response, { consent: {} }, { mergeWithLastSubmission: true });
    return;
  }
  const action = `/interaction/${uid}`;
  if (request.method !== 'POST') {
    const hint = typeof params['login_hint'] === 'string' ? params['login_hint'] : '';
    answer(response, 200, loginPage({ action, email: hint }));
    return;
  }
  const fields = new URLSearchParams(await readBody(request));
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

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > bodyLimit) throw new RangeError('the form is too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
