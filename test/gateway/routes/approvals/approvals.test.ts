import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredApproval } from '#stores/approval/approvals.ts';
import { entriesOf } from '../../../support/audit-entries.ts';
import { newApproval } from '../../../support/examples.ts';
import { openTestGateway, people, type TestGateway, type TestPerson } from '../../../support/test-gateway.ts';

const digest = 'a'.repeat(64);

describe('approvals', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await openTestGateway();
    // Names come from who has been seen.
    for (const person of [people.user, people.lead]) await gateway.as(person, { url: '/api/v1/requests' });
  });
  afterAll(() => gateway?.close());

  /** A question as the worker opens it, about a request that really came in. */
  async function openApproval(more: { expiresAt?: string } = {}): Promise<StoredApproval> {
    const input = { repository: 'acme/website', issue_number: 7, body: 'Fixed in 2.1' };
    const answer = await gateway.as(people.user, {
      method: 'POST',
      url: '/api/v1/requests',
      payload: { actions: [{ action: 'github_issue_comment', input }] },
    });
    const requestId: string = answer.json().id;
    return gateway.stores.approvals.open('acme', newApproval(requestId, { digest, ...more }));
  }

  const decide = (person: TestPerson, id: string, payload: object) =>
    gateway.as(person, { method: 'POST', url: `/api/v1/approvals/${id}/decision`, payload });

  const votesOnRecord = async (requestId: string) => {
    const entries = await entriesOf(gateway.stores, 'acme', { requestId });
    return entries
      .filter(({ event }) => event === 'approval.voted')
      .map(({ userId, outcome, metadata }) => ({ userId, outcome, error: metadata['error'] }));
  };

  it('show the lead who asks, what exactly, and why it needs a human', async () => {
    const { id, requestId } = await openApproval();
    const answer = await gateway.as(people.lead, { url: `/api/v1/approvals/${id}` });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      id,
      request_id: requestId,
      state: 'pending',
      requester: { user_id: 'acme-user', email: 'acme-user@example.test', org_unit: 'engineering/web' },
      title: 'Comment on a GitHub issue',
      target: 'acme/website#7',
      preview: 'Fixed in 2.1',
      reason: 'comments need a human',
      policy_applied: 'pol_1@1',
      digest,
      approvers: { role: 'team_lead', org_unit: 'engineering/web' },
      may_decide: true,
      decided_by: null,
    });
  });

  it('are seen by those who may decide and by the one who asked, by nobody else', async () => {
    const { id } = await openApproval();
    const url = `/api/v1/approvals/${id}`;
    expect((await gateway.as(people.user, { url })).json().may_decide).toBe(false);
    expect((await gateway.as(people.admin, { url })).json().may_decide).toBe(true);
    const elsewhere = { ...people.lead, sub: 'acme-sales-lead', orgUnit: 'sales' };
    const others = [people.peer, people.stranger, elsewhere];
    const looked = await Promise.all(others.map((person) => gateway.as(person, { url })));
    expect(looked.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
    const listed = await Promise.all(
      others.map((person) => gateway.as(person, { url: '/api/v1/approvals' })),
    );
    expect(listed.map(({ json }) => json())).toEqual(others.map(() => ({ approvals: [] })));
    const seen = (await gateway.as(people.lead, { url: '/api/v1/approvals?state=pending' })).json().approvals;
    expect(seen.map((one: { id: string }) => one.id)).toContain(id);
  });

  it('are read on record: who read which', async () => {
    const { id, requestId } = await openApproval();
    await gateway.as(people.lead, { url: `/api/v1/approvals/${id}` });
    const entries = await entriesOf(gateway.stores, 'acme', { requestId, userId: 'acme-lead' });
    expect(entries).toMatchObject([
      { event: 'approval.read', outcome: 'success', dataAccessed: [{ itemId: id, source: 'openclaw' }] },
    ]);
  });

  it.each([
    ['their own request', people.user, digest, 403, 'APPROVAL_OWN_REQUEST'],
    ['what they were not shown', people.lead, 'b'.repeat(64), 409, 'APPROVAL_DIGEST_MISMATCH'],
  ])('are not decided by people on %s, and the try is on record', async (_, person, shown, status, error) => {
    const { id, requestId } = await openApproval();
    const answer = await decide(person, id, { decision: 'approve', digest: shown });
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error).toBe(error);
    expect(await votesOnRecord(requestId)).toEqual([{ userId: person.sub, outcome: 'denied', error }]);
  });

  it('are not there for somebody who may not see them, and the try is on record', async () => {
    const { id, requestId } = await openApproval();
    expect((await decide(people.peer, id, { decision: 'approve', digest })).statusCode).toBe(404);
    expect(await votesOnRecord(requestId)).toEqual([
      { userId: 'acme-peer', outcome: 'denied', error: 'APPROVAL_NOT_ALLOWED' },
    ]);
    expect((await decide(people.stranger, id, { decision: 'approve', digest })).statusCode).toBe(404);
  });

  it('cannot be decided after their time', async () => {
    const { id } = await openApproval({ expiresAt: new Date(Date.now() - 1_000).toISOString() });
    expect((await gateway.as(people.lead, { url: `/api/v1/approvals/${id}` })).json().may_decide).toBe(false);
    const answer = await decide(people.lead, id, { decision: 'approve', digest });
    expect(answer.json().error).toBe('APPROVAL_EXPIRED');
  });

  it('cannot be decided twice', async () => {
    const { id } = await openApproval();
    const closing = { state: 'rejected', decidedBy: people.admin.sub, reasonRef: null } as const;
    await gateway.stores.approvals.close('acme', id, closing);
    const answer = await decide(people.lead, id, { decision: 'approve', digest });
    expect(answer.statusCode).toBe(409);
    expect(answer.json().error).toBe('APPROVAL_NOT_PENDING');
  });

  it.each([
    ['a rejection without a reason', { decision: 'reject', digest }, 'reason'],
    ['an unknown word', { decision: 'perhaps', digest }, 'decision'],
    ['no digest', { decision: 'approve' }, 'digest'],
    ['a digest that is none', { decision: 'approve', digest: 'abc' }, 'digest'],
    ['an unknown field', { decision: 'approve', digest, colour: 'red' }, 'colour'],
  ])('refuse %s', async (_, payload, field) => {
    const { id } = await openApproval();
    const answer = await decide(people.lead, id, payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: 'INVALID_REQUEST', detail: [{ field }] });
  });
});
