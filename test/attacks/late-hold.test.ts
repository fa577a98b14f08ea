import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Actor } from '#domain/person/actor.ts';
import { createErasePerson } from '#governance/person/erase.ts';
import { createLegalHolds } from '#governance/person/legal-holds.ts';
import { admin } from '../support/cast.ts';
import { newRequest } from '../support/examples.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';
import { recordEventIn } from '../support/record-event.ts';

const now = () => new Date();

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

it('a hold that is placed while an erasure waits keeps the data of a person the audit log did not know yet', async () => {
  const { requests, erasures, subjects, content, ledger } = opened.stores;
  const recordEvent = recordEventIn({ ledger }, now);
  const erase = createErasePerson({ stores: opened.stores, recordEvent });
  const holds = createLegalHolds({ legalHolds: opened.stores.legalHolds, now });
  const mia: Actor = { tenantId: 'acme', userId: 'mia', role: 'user', orgUnit: 'engineering' };
  const { request } = await requests.create(mia, newRequest({ text: 'evidence' }));
  const reasonRef = await content.save({
    tenantId: 'acme',
    ownerId: admin.userId,
    purpose: 'decision_reason',
    classification: 'internal',
    value: 'she asked',
  });
  const subject = (await subjects.find('acme', 'mia')) ?? null;
  const { id } = await erasures.begin('acme', {
    userId: 'mia',
    subject,
    requestedBy: 'sub_admin',
    reasonRef,
  });
  expect(await erase(admin, id)).toMatchObject({ state: 'waiting' });

  const hold = await holds.place(admin, { userId: 'mia', from: null, to: null, reason: 'a case' });
  await requests.withdrawUnstarted('acme', request.id, 'mia');
  expect(await erase(admin, id)).toMatchObject({ result: { holds: [hold], rows: { contents: 0 } } });
});
