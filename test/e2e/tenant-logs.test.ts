import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '#sandbox/demo/api.ts';
import { eventually } from '../support/eventually.ts';
import { startStack, type TestStack } from '../support/stack.ts';

/** Words that only the texts of people hold. */
const secrets = {
  acme: 'tell-nobody-of-the-acme-merger',
  globex: 'tell-nobody-of-the-globex-layoffs',
} as const;

type TenantId = keyof typeof secrets;

let stack: TestStack;
/** Ids of the requests that each tenant made. */
const requests: Record<TenantId, string[]> = { acme: [], globex: [] };

beforeAll(async () => {
  // What a short look never sees: everything that is ever logged.
  stack = await startStack({ env: { LOG_LEVEL: 'trace' } });
  for (const tenant of ['acme', 'globex'] as const) {
    const api = createApi({ url: stack.api, token: await stack.token(`user@${tenant}.test`) });
    for (const text of [
      `list the open issues of acme/website ${secrets[tenant]}`,
      `comment on acme/website#1: ${secrets[tenant]}`,
      secrets[tenant],
      // Such that something fails on the way.
      `comment on acme/nowhere-${secrets[tenant]}#1: ${secrets[tenant]}`,
    ]) {
      const { body } = await api.post<{ id: string }>('/requests', { text });
      requests[tenant].push(body.id);
      await eventually(
        () => api.get<{ state: string }>(`/requests/${body.id}`),
        (answer) => !['received', 'running'].includes(answer.body.state),
      );
    }
    await stack.github.admin.setFault({ times: 2, fault: { kind: 'reset' } });
    const { body } = await api.post<{ id: string }>('/requests', {
      text: 'list the open issues of acme/website',
    });
    requests[tenant].push(body.id);
    await eventually(
      () => api.get<{ state: string }>(`/requests/${body.id}`),
      (answer) => !['received', 'running'].includes(answer.body.state),
    );
    await stack.github.admin.clearFaults();
    const other = tenant === 'acme' ? requests.globex : requests.acme;
    for (const id of other) await api.get(`/requests/${id}`).catch(() => {});
    await api.post('/requests', { text: 7, [secrets[tenant]]: secrets[tenant] }).catch(() => {});
  }
});
afterAll(() => stack?.close());

describe.each(['gateway', 'worker'])('what the %s logs', (name) => {
  it('holds no word of a person, no name and no address of one', () => {
    const lines = stack.log(name).split('\n');
    const told = lines.filter((line) =>
      [...Object.values(secrets), '@acme.test', '@globex.test', 'Uma User', 'Gil Globex', 'Bearer '].some(
        (word) => line.includes(word),
      ),
    );
    expect(told).toEqual([]);
    expect(lines.length).toBeGreaterThan(5);
  });

  it('names one tenant a line at most, and never that of another request', () => {
    const wrong = stack
      .log(name)
      .split('\n')
      .filter((line) => {
        const named = (['acme', 'globex'] as const).filter(
          (tenant) =>
            new RegExp(`"(tenant|tenantId|tenant_id)":"${tenant}"|\\b[a-z-]+:${tenant}:`).test(line) ||
            requests[tenant].some((id) => line.includes(id)),
        );
        return named.length > 1;
      });
    expect(wrong).toEqual([]);
  });
});

describe('both', () => {
  it('did log: calls in the gateway, attempts that failed in the worker', () => {
    const calls = stack.log('gateway').match(/"route":"\/api\/v1\/requests/g) ?? [];
    expect(calls.length).toBeGreaterThan(20);
    expect(stack.log('worker')).toContain('"taskToken":"[secret]"');
    expect(stack.log('worker')).not.toMatch(/"taskToken":"[^[]/);
    for (const tenant of ['acme', 'globex']) expect(stack.log('worker')).toContain(`request:${tenant}:`);
  });
});
