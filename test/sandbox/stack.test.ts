import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityOf } from '#sandbox/process-identity.ts';
import { startStack, type TestStack } from '#test/support/stack.ts';

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack({ ownPostgres: true, ownTemporal: true });
});

afterAll(() => stack.close());

async function listRequests(token?: string): Promise<number> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${stack.api}/api/v1/requests`, { headers });
  await response.body?.cancel();
  return response.status;
}

describe('the stack that end-to-end tests run against', () => {
  it('lets a demo account in with a token from a real sign-in, and nobody without', async () => {
    expect(await listRequests(await stack.token('user@acme.test'))).toBe(200);
    expect(await listRequests()).toBe(401);
    await expect(stack.token('nobody@acme.test')).rejects.toThrow('no demo account');
  });

  it('can lose every process and get it back', async () => {
    const { postgres, temporal, worker, gateway } = stack;
    if (postgres.process === undefined || temporal.process === undefined) throw new Error('they are its own');
    for (const part of [gateway, worker, temporal.process, postgres.process]) {
      const pid = part.pid ?? 0;
      await part.kill9();
      expect(identityOf(pid)).toBeUndefined();
    }
    for (const part of [postgres.process, temporal.process, worker, gateway]) {
      await part.start();
      expect(part.pid).toBeDefined();
    }
    expect(await listRequests(await stack.token('user@acme.test'))).toBe(200);
  });

  it('can start the gateway again with another setting', async () => {
    const send = async () => {
      const response = await fetch(`${stack.api}/api/v1/requests`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await stack.token('user@acme.test')}`,
          'content-type': 'application/json',
          'idempotency-key': 'a-large-one',
        },
        body: JSON.stringify({ text: '?'.repeat(2048) }),
      });
      await response.body?.cancel();
      return response.status;
    };
    expect(await send()).not.toBe(413);
    await stack.gateway.restart({ BODY_LIMIT_BYTES: '1024' });
    expect(await send()).toBe(413);
    await stack.gateway.restart();
  });

  it('leaves nothing running', async () => {
    const pids = [stack.gateway, stack.worker, stack.postgres.process, stack.temporal.process].map(
      (process) => process?.pid ?? 0,
    );
    expect(pids.filter((pid) => identityOf(pid) !== undefined)).toHaveLength(4);
    await stack.close();
    expect(pids.filter((pid) => identityOf(pid) !== undefined)).toEqual([]);
  });
});
