import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '#sandbox/demo/api.ts';
import { eventually } from '../support/eventually.ts';
import { type OwnProvider, startOwnProvider } from '../support/own-provider.ts';
import { startStack, type TestStack } from '../support/stack.ts';

/** Debian's `faketime`; a machine without it doesn't run this. */
const library = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path));

describe.runIf(library !== undefined)('while the clock of the gateway jumps', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-clock-'));
  const offset = join(folder, 'offset');
  let provider: OwnProvider;
  let stack: TestStack;
  let token: string;

  const jump = (seconds: number) => writeFileSync(offset, `${seconds < 0 ? '' : '+'}${seconds}`);

  beforeAll(async () => {
    jump(0);
    provider = await startOwnProvider();
    stack = await startStack({ env: { OIDC_ISSUER: provider.url } });
    await stack.gateway.restart({
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: offset,
      FAKETIME_NO_CACHE: '1',
      // Without it Node's timers stand still when time goes back.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    });
    token = await provider.token('user@acme.test');
  });
  afterEach(async () => {
    jump(0);
    await eventually(
      () => call({}),
      ({ status }) => status === 200,
    );
  });
  afterAll(async () => {
    await stack?.close();
    await provider?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const seconds = () => Math.floor(Date.now() / 1_000);

  async function call(claims: Readonly<Record<string, unknown>>) {
    const api = createApi({ url: stack.api, token: await provider.resigned(token, claims) });
    const { status, body } = await api.get<{ detail?: { reason: string } }>('/requests');
    return { status, reason: body.detail?.reason };
  }

  const over = () => ({ iat: seconds() - 900, exp: seconds() - 61 });
  const early = () => ({ iat: seconds() + 61, exp: seconds() + 900 });
  const good = () => ({ iat: seconds(), exp: seconds() + 900 });

  it('the fake clock is what the gateway goes by', async () => {
    expect(await call(good())).toEqual({ status: 200, reason: undefined });
    jump(86_400);
    expect(await call(good())).toEqual({ status: 401, reason: 'expired' });
  });

  it.each([-3_600, 3_600])('by %i s, no token counts early or late', async (by) => {
    jump(by);
    expect(await call(over())).toEqual({ status: 401, reason: 'expired' });
    expect((await call(early())).status).toBe(401);
  });

  it('back by an hour, the gateway goes on answering', async () => {
    jump(-3_600);
    const response = await fetch(`${stack.api}/readyz`);
    expect(response.status).toBe(200);
  });
});
