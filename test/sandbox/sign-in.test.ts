import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Part } from '#sandbox/parts/part.ts';
import { startSignIn } from '#sandbox/parts/sign-in.ts';
import { demoAccounts } from '#sandbox/sign-in/accounts.ts';
import { tokenFor } from '#sandbox/sign-in/token-for.ts';
import { createFormWalker } from '#sandbox/sign-in/walk-forms.ts';
import { patience } from '../support/patience.ts';

const gatewayPort = 8080;
const redirectUri = `http://127.0.0.1:${gatewayPort}/auth/callback`;
const webClient = { clientId: 'openclaw-web', clientSecret: 'test-secret', redirectUri };
const lead = { account: 'lead@acme.test', password: 'demo' };

let dataDir: string;
let signIn: Part;

const start = (port: number) =>
  startSignIn({
    port,
    dataDir,
    webClientSecret: webClient.clientSecret,
    gatewayPort,
    env: { NODE_ENV: 'test' },
  });

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'openclaw-sign-in-'));
  signIn = await start(0);
});

afterAll(async () => {
  await signIn.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function verify(accessToken: string) {
  const jwks = createRemoteJWKSet(new URL(`${signIn.url}/jwks`));
  return await jwtVerify(accessToken, jwks, {
    issuer: signIn.url,
    audience: 'openclaw',
    algorithms: ['RS256'],
  });
}

function refresh(refreshToken: string, fields: Record<string, string>) {
  return fetch(`${signIn.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken, ...fields }),
  });
}

describe('the local sign-in provider', () => {
  it('gives a terminal a token by the device flow, with all that rights are derived from', async () => {
    const tokens = await tokenFor({ issuer: signIn.url, ...lead });
    const { payload, protectedHeader } = await verify(tokens.accessToken);
    expect(protectedHeader).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    expect(payload).toMatchObject({
      sub: 'acme-lead',
      client_id: 'openclaw-cli',
      tenant: 'acme',
      org_unit: 'engineering',
      email: 'lead@acme.test',
      groups: ['openclaw-team-leads', 'openclaw-users'],
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
  });

  it('gives the web client a code, and for it tokens whose identity token says the same', async () => {
    const tokens = await tokenFor({ issuer: signIn.url, ...lead, ...webClient });
    expect((await verify(tokens.accessToken)).payload).toMatchObject({
      sub: 'acme-lead',
      client_id: 'openclaw-web',
    });
    const jwks = createRemoteJWKSet(new URL(`${signIn.url}/jwks`));
    const identity = await jwtVerify(tokens.idToken, jwks, { issuer: signIn.url, audience: 'openclaw-web' });
    expect(identity.payload).toMatchObject({ tenant: 'acme', org_unit: 'engineering', name: 'Lee Lead' });
  });

  it.each(demoAccounts.map((account) => [account.email, account] as const))(
    'knows %s',
    async (email, account) => {
      const { accessToken } = await tokenFor({
        issuer: signIn.url,
        account: email,
        password: account.password,
      });
      expect((await verify(accessToken)).payload).toMatchObject({ sub: account.sub, tenant: account.tenant });
    },
  );

  it('refuses a wrong password, and shows the page again', async () => {
    await expect(tokenFor({ issuer: signIn.url, ...lead, password: 'wrong' })).rejects.toThrow(
      'refused lead@acme.test',
    );
  });

  it('renews the terminal, once per refresh token', async () => {
    const { refreshToken } = await tokenFor({ issuer: signIn.url, ...lead });
    const first = await refresh(refreshToken, { client_id: 'openclaw-cli' });
    expect(first.status).toBe(200);
    const renewed = (await first.json()) as { access_token: string };
    expect(decodeProtectedHeader(renewed.access_token)).toMatchObject({ typ: 'at+jwt' });
    expect((await refresh(refreshToken, { client_id: 'openclaw-cli' })).status).toBe(400);
  });

  it('takes a client secret in the body and in the header, and no wrong one', async () => {
    const { refreshToken } = await tokenFor({ issuer: signIn.url, ...lead, ...webClient });
    const introspect = (headers: Record<string, string>, fields: Record<string, string>) =>
      fetch(`${signIn.url}/token/introspection`, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ token: refreshToken, ...fields }),
      });
    const basic = (secret: string) => ({
      authorization: `Basic ${Buffer.from(`openclaw-web:${secret}`).toString('base64')}`,
    });
    const inBody = await introspect({}, { client_id: 'openclaw-web', client_secret: webClient.clientSecret });
    expect(await inBody.json()).toMatchObject({ active: true, sub: 'acme-lead' });
    expect((await introspect(basic(webClient.clientSecret), {})).status).toBe(200);
    expect((await introspect(basic('wrong'), {})).status).toBe(401);
  });

  it('answers user info for an access token, and 401 for anything else', async () => {
    const { accessToken, idToken } = await tokenFor({ issuer: signIn.url, ...lead });
    const ask = (token: string) =>
      fetch(`${signIn.url}/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(await (await ask(accessToken)).json()).toMatchObject({ sub: 'acme-lead', tenant: 'acme' });
    expect((await ask(idToken)).status).toBe(401);
    expect((await ask('nonsense')).status).toBe(401);
  });

  it('revokes a refresh token', async () => {
    const { refreshToken } = await tokenFor({ issuer: signIn.url, ...lead });
    const revoked = await fetch(`${signIn.url}/token/revocation`, {
      method: 'POST',
      body: new URLSearchParams({ token: refreshToken, client_id: 'openclaw-cli' }),
    });
    expect(revoked.status).toBe(200);
    expect((await refresh(refreshToken, { client_id: 'openclaw-cli' })).status).toBe(400);
  });

  it('does not let the code flow go without PKCE, nor to a foreign address', async () => {
    const query = { client_id: 'openclaw-web', response_type: 'code', scope: 'openid', state: 's' };
    const ask = async (fields: Record<string, string>) => {
      const url = `${signIn.url}/auth?${new URLSearchParams({ ...query, ...fields })}`;
      return await createFormWalker({ stopAt: redirectUri }).get(url);
    };
    const withoutPkce = await ask({ redirect_uri: redirectUri });
    expect(withoutPkce.url.searchParams.get('error')).toBe('invalid_request');
    const foreign = await ask({ redirect_uri: 'http://127.0.0.1:1/auth/callback' });
    expect(foreign.status).toBe(400);
    expect(foreign.html).toContain('redirect_uri');
  });

  it('shows a page that asks for an unknown device code again', async () => {
    const walker = createFormWalker();
    const asked = await walker.get(`${signIn.url}/device`);
    const again = await walker.submit(asked, { user_code: 'AAAA-AAAA' });
    expect(again.html).toContain('not known or has expired');
  });

  it('serves pages under a policy without inline code and loads nothing from elsewhere', async () => {
    const response = await fetch(`${signIn.url}/device`, { headers: { accept: 'text/html' } });
    const html = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe-inline');
    expect(html.replaceAll(signIn.url, '')).not.toMatch(/ on\w+=|<script|<style|https?:\/\//);
    expect((await fetch(`${signIn.url}/style.css`)).headers.get('content-type')).toContain('text/css');
  });

  it('keeps keys and sign-ins over a restart', async () => {
    const { accessToken, refreshToken } = await tokenFor({ issuer: signIn.url, ...lead });
    const port = Number(new URL(signIn.url).port);
    await signIn.stop();
    signIn = await start(port);
    await expect
      .poll(() => fetch(`${signIn.url}/jwks`).then((response) => response.status), patience)
      .toBe(200);
    expect((await verify(accessToken)).payload.sub).toBe('acme-lead');
    expect((await refresh(refreshToken, { client_id: 'openclaw-cli' })).status).toBe(200);
  });

  it('does not start in production', async () => {
    const inProduction = startSignIn({
      port: 0,
      dataDir,
      webClientSecret: 'x',
      gatewayPort,
      env: { NODE_ENV: 'production' },
    });
    await expect(inProduction).rejects.toThrow('set OIDC_ISSUER');
  });
});
