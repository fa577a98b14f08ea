import { afterAll, beforeAll, expect, it } from 'vitest';
import { entriesOf } from '../../../support/audit-entries.ts';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
  await gateway.as(people.peer, { url: '/api/v1/approvals' });
});
afterAll(() => gateway?.close());

const { sub: userId } = people.peer;

it.each([
  [
    'a hold',
    'legal_hold.placed',
    { method: 'POST', url: '/api/v1/legal-holds', payload: { user_id: userId, reason: 'case 12' } },
  ],
  [
    'a policy',
    'policy.created',
    {
      method: 'POST',
      url: '/api/v1/policies',
      payload: {
        name: 'For one person',
        domain: 'actions',
        scope: { level: 'user', user_id: userId },
        status: 'draft',
        rules: { action_overrides: { github_pr_close: 'block' } },
        change_reason: 'asked for',
      },
    },
  ],
  ['a look at sessions', 'session.read', { url: `/api/v1/auth/sessions?user_id=${userId}` }],
] as const)('the entry of %s for a person says whom by subject alone', async (_what, event, call) => {
  const answer = await gateway.as(people.admin, call);
  expect([200, 201]).toContain(answer.statusCode);
  const entries = await entriesOf(gateway.stores, 'acme', { userId: people.admin.sub, limit: 1 });
  expect(entries[0]).toMatchObject({ event });
  expect(JSON.stringify(entries)).not.toContain(userId);
  expect(JSON.stringify(entries)).toContain(await gateway.stores.subjects.find('acme', userId));
});
