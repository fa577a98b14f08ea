import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import type { HeldPerson } from '#stores/person/legal-holds.ts';
import { agedHours } from '../support/aged.ts';
import { lead, signIn } from '../support/cast.ts';
import { asker, newAction, newApproval, plannedRequest } from '../support/examples.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';

let test: TestStores;
beforeAll(async () => {
  test = await openTestStores();
  await signIn(test.stores, lead);
});
afterAll(() => test?.close());

/** A read that is done, and a write of the same request that the lead voted on. */
async function readThenVoted(): Promise<string> {
  const { requests, approvals } = test.stores;
  const id = await plannedRequest(requests, [newAction({ effect: 'read' }), newAction()]);
  await requests.finishAction('acme', {
    requestId: id,
    n: 1,
    sending: 1,
    state: 'done',
    result: ['evidence'],
  });
  const digest = 'd'.repeat(64);
  const approvers = { role: 'team_lead', orgUnit: asker.orgUnit } as const;
  const approval = await approvals.open('acme', newApproval(id, { n: 2, digest, approvers }));
  const claims = {
    voteId: newId('vote'),
    tenantId: 'acme',
    approvalId: approval.id,
    round: 1,
    choice: 'approve',
    digest,
    userId: lead.userId,
    role: lead.role,
    orgUnit: lead.orgUnit,
    reasonRef: null,
    at: new Date().toISOString(),
  } as const;
  await approvals.recordVote('acme', { claims, keyId: 'v1', signature: 'c2lnbmF0dXJl' });
  return id;
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

describe('the result of a read', () => {
  it.each<[string, HeldPerson]>([
    ['is on somebody who voted on the request', { userId: lead.userId, from: null, to: null }],
    ['begins while the request is under way', { userId: asker.userId, from: hoursAgo(1), to: null }],
  ])('stays, as all of its request, while a hold %s', async (_what, hold) => {
    const id = await readThenVoted();
    await agedHours(test, 30);
    await withAdmin(test.databases.adminUrl, (client) =>
      client.query(`UPDATE tenant_acme.requests SET created_at = now() - interval '31 hours' WHERE id = $1`, [
        id,
      ]),
    );
    const past = { units: [asker.orgUnit], before: hoursAgo(24), held: [hold], limit: 100 };
    expect(await test.stores.contentRetention.eraseEphemeral('acme', past)).toBe(0);
  });
});
