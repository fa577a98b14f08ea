import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { freePort } from '#sandbox/free-port.ts';
import type { Part } from '#sandbox/parts/part.ts';
import { startSignIn } from '#sandbox/parts/sign-in.ts';
import { launchChromium } from '../../support/browser.ts';
import { needing } from '../../support/needing.ts';
import { openTestStores } from '../../support/open-test-stores.ts';
import { createTestApp, openTestIdentity } from '../../support/test-identity.ts';

const describe = needing('chromium');

/** Provider and attacker are on `localhost`, the gateway on `127.0.0.1`: two sites, to a browser. */
const webClientSecret = 'a-secret-of-the-web-client';
const dataDir = mkdtempSync(join(tmpdir(), 'openclaw-sign-in-'));
let provider: Part;
let app: FastifyInstance;
let elsewhere: Server;
let closeStores: () => Promise<void>;
let browser: Browser;
let context: BrowserContext;
let origin: string;
let evil: string;

beforeAll(async () => {
  const gatewayPort = await freePort();
  origin = `http://127.0.0.1:${gatewayPort}`;
  provider = await startSignIn({ port: 0, dataDir, webClientSecret, gatewayPort, env: {} });
  const opened = await openTestStores();
  closeStores = opened.close;
  app = await createTestApp(
    openTestIdentity({
      stores: opened.stores,
      issuer: provider.url,
      publicUrl: origin,
      clientSecret: webClientSecret,
    }),
  );
  await app.listen({ host: '127.0.0.1', port: gatewayPort });
  elsewhere = createServer((request, response) => {
    const link = `<a href="${origin}/api/v1/who">look</a>`;
    const post = (path: string) =>
      `<form method="post" action="${origin}${path}"><button>${path}</button></form>`;
    response.setHeader('content-type', 'text/html').end(link + post('/auth/logout') + post('/api/v1/who'));
    request.resume();
  });
  await new Promise<void>((resolve) => {
    elsewhere.listen(0, 'localhost', resolve);
  });
  evil = `http://localhost:${(elsewhere.address() as AddressInfo).port}`;
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  elsewhere.close();
  elsewhere.closeAllConnections();
  await app.close();
  await provider.stop();
  await closeStores();
  rmSync(dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  context = await browser.newContext();
});

afterEach(() => context.close());

/** Signs in through the provider's real page, and returns the page it ended on. */
async function signIn(account: string, start = `${origin}/auth/login?return_to=/api/v1/who`) {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  await page.goto(start);
  await page.getByLabel('E-mail').fill(account);
  await page.getByLabel('Password').fill('demo');
  await page.getByLabel('Password').press('Enter');
  await page.waitForURL(`${origin}/api/v1/who`);
  return { page, complaints };
}

const textOf = (text: string | null): Record<string, unknown> => JSON.parse(text ?? '');

describe('signing in from a provider on another site', () => {
  it('ends on the wanted page with a Strict session, without a complaint about the content policy', async () => {
    const { page, complaints } = await signIn('lead@acme.test');
    expect(textOf(await page.textContent('body'))).toMatchObject({ user_id: 'acme-lead', role: 'team_lead' });
    const cookies = await context.cookies(origin);
    expect(cookies.map(({ name }) => name)).toEqual(['session']);
    expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', secure: false, path: '/' });
    expect(complaints.filter((text) => text.includes('Content Security Policy'))).toEqual([]);
  });

  it('works from the other name of the machine too', async () => {
    const start = `${origin.replace('127.0.0.1', 'localhost')}/auth/login?return_to=/api/v1/who`;
    const { page } = await signIn('user@acme.test', start);
    expect(textOf(await page.textContent('body'))).toMatchObject({ user_id: 'acme-user' });
  });

  it('is over after signing out', async () => {
    const { page } = await signIn('user@acme.test');
    const told = await page.evaluate(async () => {
      const { sessionId } = await (await fetch('/api/v1/auth/userinfo')).json();
      const headers = { 'x-session-id': sessionId };
      const response = await fetch('/auth/logout', { method: 'POST', headers });
      return [response.status, (await fetch('/api/v1/who')).status];
    });
    expect(told).toEqual([200, 401]);
    expect(await context.cookies(origin)).toEqual([]);
  });
});

describe('a page of another site', () => {
  it('can not use the session: not by a link, not by a form, not by a script', async () => {
    const { page } = await signIn('user@acme.test');
    await page.goto(evil);
    await page.getByText('look').click();
    expect(textOf(await page.textContent('body'))).toMatchObject({ error: 'missing_token' });
    for (const [path, refusal] of [
      ['/auth/logout', 'UNSUPPORTED_MEDIA_TYPE'],
      ['/api/v1/who', 'missing_token'],
    ] as const) {
      await page.goto(evil);
      await page.getByRole('button', { name: path, exact: true }).click();
      await page.waitForURL(`${origin}${path}`);
      expect(textOf(await page.textContent('body'))).toMatchObject({ error: refusal });
    }
    await page.goto(evil);
    const arrived = once(app.server, 'request');
    await page.evaluate(async (url) => {
      await fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include' }).catch(() => undefined);
    }, `${origin}/auth/logout`);
    await arrived;
    await page.goto(`${origin}/api/v1/who`);
    expect(textOf(await page.textContent('body'))).toMatchObject({ user_id: 'acme-user' });
  });

  it('can not finish a sign-in for the person: the ticket stays behind', async () => {
    const page = await context.newPage();
    await page.goto(evil);
    await page.goto(`${origin}/auth/complete`);
    expect(await page.textContent('h1')).toBe('Not signed in');
  });
});
