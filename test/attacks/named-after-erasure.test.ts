import { afterAll, beforeAll, expect, it } from 'vitest';
import { createErasePerson } from '#governance/person/erase.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { recordEventIn } from '../support/record-event.ts';
import { openTestGateway, people, type TestGateway } from '../support/test-gateway.ts';

let test: TestGateway;
beforeAll(async () => {
  test = await openTestGateway();
});
afterAll(() => test?.close());

it('no entry of an administrator who dealt with a person’s data names them once they are erased', async () => {
  const { sub: userId } = people.peer;
  await test.as(people.peer, { url: '/api/v1/approvals' });
  for (const call of [
    { url: `/api/v1/user-data/${userId}/export` },
    { url: `/api/v1/auth/sessions?user_id=${userId}` },
    {
      url: '/api/v1/policies/evaluate',
      method: 'POST',
      payload: { action: 'github_issue_read', user_id: userId, context: {} },
    },
  ] as const) {
    await test.as(people.admin, call);
  }
  const { stores } = test;
  const admin = {
    tenantId: 'acme',
    userId: people.admin.sub,
    role: 'enterprise_admin',
    orgUnit: people.admin.orgUnit,
  } as const;
  const reasonRef = await stores.content.save({
    tenantId: 'acme',
    ownerId: admin.userId,
    purpose: 'decision_reason',
    classification: 'internal',
    value: 'they asked',
  });
  const { id } = await stores.erasures.begin('acme', {
    userId,
    subject: (await stores.subjects.find('acme', userId)) ?? null,
    requestedBy: 'sub_admin',
    reasonRef,
  });
  const now = () => new Date();
  const erase = createErasePerson({ stores, recordEvent: recordEventIn(stores, now) });
  expect(await erase(admin, id)).toMatchObject({ state: 'done' });

  const entries = await entriesOf(stores, 'acme');
  const naming = JSON.stringify(entries).match(new RegExp(`[^"]*${userId}[^"]*`, 'g')) ?? [];
  expect([...new Set(naming)]).toEqual([]);
});
