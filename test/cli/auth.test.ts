import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { getAuthConfig, getUserinfo } from '#domain/person/calls.ts';
import { listRequests } from '#domain/request/calls.ts';
import type { Part } from '#sandbox/parts/part.ts';
import { startSignIn } from '#sandbox/parts/sign-in.ts';
import { tokenFor } from '#sandbox/sign-in/token-for.ts';
import { createFormWalker } from '#sandbox/sign-in/walk-forms.ts';
import { type Recorded, type SeenCall } from '../support/recorded-gateway.ts';
import { alice, refusal } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw, startOpenclaw } from './run-openclaw.ts';

const lead = { account: 'lead@acme.test', password: 'demo' };
const clientId = 'openclaw-cli';
const prompt = z.object({ verification_uri_complete: z.string(), user_code: z.string() });

let dataDir: string;
let signIn: Part;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'openclaw-cli-auth-'));
  signIn = await startSignIn({
    port: 0,
    dataDir,
    webClientSecret: 'unused',
    gatewayPort: 8080,
    env: { NODE_ENV: 'test' },
  });
});

afterAll(async () => {
  await signIn.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface GatewayOptions {
  issuer?: string;
  client?: string;
  userinfo?: Recorded;
  requests?: (call: SeenCall, earlier: number) => Recorded;
}

async function startGateway(options: GatewayOptions = {}) {
  const gateway = await startRecordedGateway({
    [on(getAuthConfig)]: {
      body: {
        issuer: options.issuer ?? signIn.url,
        cli_client_id: options.client ?? clientId,
        audience: 'openclaw',
        scopes: 'openid profile email offline_access',
      },
    },
    [on(getUserinfo)]: options.userinfo ?? { body: alice },
    [on(listRequests)]: options.requests ?? { body: { requests: [], next: null } },
  });
  onTestFinished(() => gateway.close());
  const run = { configDir: newConfigDir(), gateway: gateway.url };
  return { gateway, run, file: join(run.configDir, 'credentials.json') };
}

/** Starts `auth login` and does in a browser what the person would. */
async function logIn(run: { configDir: string; gateway: string }, answer: Record<string, string> = {}) {
  const running = startOpenclaw(['auth', 'login', '--json'], run);
  const shown = prompt.parse(JSON.parse(await running.said(/\n/)));
  const browser = createFormWalker();
  const code = await browser.submit(await browser.get(shown.verification_uri_complete));
  const next = await browser.submit(code, answer);
  if (answer.abort === undefined)
    await browser.submit(next, { email: lead.account, password: lead.password });
  return running.ended;
}

/** A person who signed in `agoMs` ago, with real tokens. */
async function signedIn(options: GatewayOptions & { endsInMs: number; refreshToken?: string }) {
  const started = await startGateway(options);
  const tokens = await tokenFor({ issuer: signIn.url, ...lead });
  const entry = {
    issuer: signIn.url,
    clientId,
    accessToken: tokens.accessToken,
    refreshToken: options.refreshToken ?? tokens.refreshToken,
    expiresAt: Date.now() + options.endsInMs,
  };
  await writeFile(started.file, JSON.stringify({ [started.gateway.url]: entry }));
  return { ...started, tokens };
}

const bearers = (calls: readonly SeenCall[], path: string) =>
  calls
    .filter((call) => call.path.endsWith(path))
    .map((call) => call.headers.authorization?.replace('Bearer ', ''));

describe('openclaw auth login', () => {
  it('signs in by the device flow and keeps the token for its owner alone, until logout', async () => {
    const { gateway, run, file } = await startGateway();
    const ended = await logIn(run);
    expect(ended.code).toBe(0);
    expect(ended.json()).toEqual({ gateway: gateway.url, user: alice });
    expect((await stat(file)).mode & 0o777).toBe(0o600);

    const [token = ''] = bearers(gateway.calls, '/userinfo');
    const keys = createRemoteJWKSet(new URL(`${signIn.url}/jwks`));
    const { payload } = await jwtVerify(token, keys, { issuer: signIn.url, audience: 'openclaw' });
    expect(payload).toMatchObject({ sub: 'acme-lead', tenant: 'acme', client_id: clientId });
    expect(ended.stdout + ended.stderr).not.toContain(token);

    const out = await openclaw(['auth', 'logout', '--json'], run);
    expect(out.json()).toEqual({ gateway: gateway.url, signed_out: true, revoked: true });
    expect(await readFile(file, 'utf8')).toBe('{}\n');
    expect((await openclaw(['auth', 'whoami'], run)).code).toBe(3);
  });

  it('keeps nothing when the person says no', async () => {
    const { run, file } = await startGateway();
    const ended = await logIn(run, { abort: 'yes' });
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain('The sign-in was refused.');
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  it('blames the gateway when it does not accept the provider’s token', async () => {
    const { run } = await startGateway({
      userinfo: refusal(401, 'invalid_token', 'The token is not valid here.'),
    });
    const ended = await logIn(run);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("The gateway does not accept the provider's token");
    expect(ended.stderr).toContain('the audience of the gateway');
  });

  it('blames the configuration when the provider does not know the client', async () => {
    const { run } = await startGateway({ client: 'nobody' });
    const ended = await openclaw(['auth', 'login'], run);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('issuer URL and the client id');
  });

  it.each(['http://login.example.com', 'javascript:alert(1)', 'file:///etc/passwd'])(
    'goes to no provider at %s',
    async (issuer) => {
      const { run } = await startGateway({ issuer });
      const ended = await openclaw(['auth', 'login'], run);
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain('neither https: nor on this machine');
    },
  );

  it('says that the provider is away', async () => {
    const { run } = await startGateway({ issuer: 'https://login.invalid' });
    const ended = await openclaw(['auth', 'login'], run);
    expect(ended.code).toBe(5);
    expect(ended.stderr).toContain('the sign-in provider at https://login.invalid');
  });
});

describe('a sign-in', () => {
  it('shows whom the gateway sees', async () => {
    const { run } = await signedIn({ endsInMs: 600_000 });
    const ended = await openclaw(['auth', 'whoami'], run);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toBe(`User:        alice@company.com
Role:        org_admin
Tenant:      acme-corp
Org Unit:    engineering
Policies:    manage (org)
Audit:       query (org)
`);
  });

  it('is renewed once, however many commands run at the same time', async () => {
    const { gateway, run, tokens } = await signedIn({ endsInMs: 1_000 });
    const list = () => openclaw(['requests', 'list'], run);
    const ended = [...(await Promise.all([list(), list(), list()])), await list()];
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const used = new Set(bearers(gateway.calls, '/requests'));
    expect(used.size).toBe(1);
    expect(used).not.toContain(tokens.accessToken);
  });

  it('is renewed when the gateway no longer takes the token', async () => {
    const { gateway, run, tokens } = await signedIn({
      endsInMs: 600_000,
      requests: (_call, earlier) =>
        earlier === 0
          ? refusal(401, 'invalid_token', 'The token is not valid here.')
          : { body: { requests: [], next: null } },
    });
    expect((await openclaw(['requests', 'list'], run)).code).toBe(0);
    const [first, second] = bearers(gateway.calls, '/requests');
    expect(first).toBe(tokens.accessToken);
    expect(second).not.toBe(first);
  });

  it('that has expired says so, and how to renew it', async () => {
    const { gateway, run } = await signedIn({ endsInMs: 1_000, refreshToken: 'spent' });
    const ended = await openclaw(['requests', 'list'], run);
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain('Your sign-in has expired.');
    expect(ended.stderr).toContain('openclaw auth login');
    expect(gateway.calls).toEqual([]);
  });

  it('of one gateway is never sent to another', async () => {
    const { run } = await signedIn({ endsInMs: 600_000 });
    const other = await startGateway();
    const ended = await openclaw(['auth', 'whoami'], { ...run, gateway: other.gateway.url });
    expect(ended.code).toBe(3);
    expect(other.gateway.calls).toEqual([]);
  });

  it('steps back behind OPENCLAW_TOKEN', async () => {
    const { gateway, run } = await signedIn({ endsInMs: 600_000 });
    await openclaw(['auth', 'whoami'], { ...run, token: 'from-a-script' });
    expect(bearers(gateway.calls, '/userinfo')).toEqual(['from-a-script']);
  });

  it('in a file that cannot be read is told, not thrown', async () => {
    const { run, file } = await startGateway();
    await writeFile(file, '{"half');
    const ended = await openclaw(['auth', 'whoami'], run);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('sign in again');
  });
});
