import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { readBody } from '../read-body.ts';
import type { Accounts } from './accounts.ts';
import { webClientId } from './provider.ts';
import type { SignInStorage } from './storage.ts';

interface AdminOptions {
  provider: Provider;
  accounts: Accounts;
  storage: SignInStorage;
}

const bodyLimitBytes = 4096;

/**
 * What an administrator of an identity provider can do, for tests and the demo: `POST /admin/accounts/<sub>/groups`
 * with `{"groups":[…]}`, and `POST /admin/accounts/<sub>/sign-out`, which also tells the gateway. The provider listens
 * only on loopback; a page of another site can't send JSON here without a preflight, which is never allowed.
 */
export function createAdmin(options: AdminOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    try {
      const isOurs =
        request.method === 'POST' &&
        request.headers['content-type'] === 'application/json' &&
        /^(localhost|127\.0\.0\.1|\[::1\]):\d+$/.test(request.headers.host ?? '');
      const [, sub = '', deed = ''] = /^\/admin\/accounts\/([\w-]+)\/([\w-]+)$/.exec(request.url ?? '') ?? [];
      const done = isOurs && (await carryOut(options, request, { sub, deed }));
      answer(done ? 200 : 404, { done });
    } catch (error) {
      answer(400, { done: false, problem: error instanceof Error ? error.message : 'unknown' });
    }
  };
}

async function carryOut(
  { provider, accounts, storage }: AdminOptions,
  request: IncomingMessage,
  { sub, deed }: { sub: string; deed: string },
): Promise<boolean> {
  if (deed === 'groups') return accounts.setGroups(sub, groupsOf(await readBody(request, bodyLimitBytes)));
  if (deed !== 'sign-out' || accounts.bySub(sub) === undefined) return false;
  storage.forget(sub);
  const client = await provider.Client.find(webClientId);
  // Missing from the library's types. Without a sign-in it is about the person, everywhere.
  const tell = client?.['backchannelLogout'];
  if (typeof tell === 'function') await Reflect.apply(tell, client, [sub, undefined]);
  return true;
}

function groupsOf(body: string | undefined): string[] {
  const told: unknown = JSON.parse(body ?? '');
  const groups = typeof told === 'object' && told !== null && 'groups' in told ? told.groups : undefined;
  if (!Array.isArray(groups) || groups.some((group) => typeof group !== 'string')) {
    throw new RangeError('send {"groups":["…"]}');
  }
  return groups;
}
