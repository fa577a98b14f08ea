import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { freePort } from '#sandbox/free-port.ts';
import { startSignIn } from '#sandbox/parts/sign-in.ts';
import { createFormWalker } from '#sandbox/sign-in/walk-forms.ts';
import { entriesOf } from './audit-entries.ts';
import { openTestStores } from './open-test-stores.ts';
import { createTestApp, openTestIdentity } from './test-identity.ts';

export const webClientSecret = 'a-secret-of-the-web-client';

export const cookieOf = (setCookies: readonly string[], name: string) =>
  setCookies.find((line) => line.startsWith(`${name}=`)) ?? '';
export const valueOf = (setCookie: string) => /^[^=]+=([^;]*)/.exec(setCookie)?.[1] ?? '';

/** The sign-in provider of the sandbox, an app that signs in there, and a browser's way through both. */
export async function openSignInScene() {
  const dataDir = mkdtempSync(join(tmpdir(), 'openclaw-sign-in-'));
  const gatewayPort = await freePort();
  const provider = await startSignIn({ port: 0, dataDir, webClientSecret, gatewayPort, env: {} });
  const { stores, close: closeStores } = await openTestStores();
  const origin = `http://127.0.0.1:${gatewayPort}`;
  const app = await createTestApp(
    openTestIdentity({ stores, issuer: provider.url, publicUrl: origin, clientSecret: webClientSecret }),
  );

  async function get(url: string, cookie = '') {
    const response = await app.inject({
      method: 'GET',
      url,
      headers: { host: new URL(origin).host, cookie },
    });
    return { ...response, cookies: [response.headers['set-cookie'] ?? []].flat(), body: response.body };
  }

  /** From `/auth/login` through the provider's own pages to the address it sends the browser back to. */
  async function walkToCallback(account: string, returnTo = '/') {
    const login = await get(`/auth/login?${new URLSearchParams({ return_to: returnTo })}`);
    expect(login.statusCode).toBe(303);
    const walker = createFormWalker({ stopAt: `${origin}/auth/callback` });
    const page = await walker.get(String(login.headers.location));
    const { url } = await walker.submit(page, { email: account, password: 'demo' });
    return { callback: `${url.pathname}${url.search}`, query: url.searchParams, login };
  }

  async function signIn(account: string, returnTo = '/', before = '') {
    const { callback, login } = await walkToCallback(account, returnTo);
    const loginCookie = `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`;
    const step = await get(callback, loginCookie);
    const ticket = `sign_in_ticket=${valueOf(cookieOf(step.cookies, 'sign_in_ticket'))}`;
    const complete = await get('/auth/complete', [ticket, before].filter(Boolean).join('; '));
    const session = `session=${valueOf(cookieOf(complete.cookies, 'session'))}`;
    return { callback, loginCookie, step, ticket, complete, session };
  }

  async function auditOf(event: string) {
    const entries = await entriesOf(stores, 'acme');
    return entries.filter((entry) => entry.event === event);
  }

  return {
    app,
    provider,
    stores,
    origin,
    get,
    walkToCallback,
    signIn,
    auditOf,
    close: async () => {
      await app.close();
      await provider.stop();
      await closeStores();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type SignInScene = Awaited<ReturnType<typeof openSignInScene>>;
