import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createApi } from '#sandbox/demo/api.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { needing } from '../support/needing.ts';
import { type OwnProvider, startOwnProvider } from '../support/own-provider.ts';
import { eventually } from '../support/people.ts';
import { startStack, type TestStack } from '../support/stack.ts';

const describe = needing('faketime');

describe('while the clock of the gateway jumps', () => {
  let clock: FakeClock;
  let provider: OwnProvider;
  let stack: TestStack;
  let token: string;

  beforeAll(async () => {
    clock = createFakeClock();
    provider = await startOwnProvider();
    stack = await startStack({ env: { OIDC_ISSUER: provider.url } });
    await stack.gateway.restart(clock.env);
    token = await provider.token('user@acme.test');
  });
  afterEach(async () => {
    clock.jump(0);
    await eventually(
      () => call({}),
      ({ status }) => status === 200,
    );
  });
  afterAll(async () => {
    await stack?.close();
    await provider?.close();
    clock?.close();
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
    clock.jump(86_400);
    expect(await call(good())).toEqual({ status: 401, reason: 'expired' });
  });

  it.each([-3_600, 3_600])('by %i s, no token counts early or late', async (by) => {
    clock.jump(by);
    expect(await call(over())).toEqual({ status: 401, reason: 'expired' });
    expect((await call(early())).status).toBe(401);
  });

  it('back by an hour, the gateway goes on answering', async () => {
    clock.jump(-3_600);
    const response = await fetch(`${stack.api}/readyz`);
    expect(response.status).toBe(200);
  });
});
