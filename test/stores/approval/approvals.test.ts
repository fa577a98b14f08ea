import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignedVote, VoteClaims } from '#domain/approval/approval.ts';
import { newId } from '#platform/new-id.ts';
import type { ApprovalStore } from '#stores/approval/approvals.ts';
import { lead, signIn } from '../../support/cast.ts';
import { asker, newAction, newApproval, plannedRequest, website } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
let approvals: ApprovalStore;

beforeAll(async () => {
  opened = await openTestStores();
  approvals = opened.stores.approvals;
  await signIn(opened.stores, lead);
});
afterAll(() => opened.close());

async function openedApproval() {
  const requestId = await plannedRequest(opened.stores.requests);
  return approvals.open('acme', newApproval(requestId));
}

function vote(approvalId: string, claims: Partial<VoteClaims> = {}): SignedVote {
  return {
    claims: {
      voteId: newId('vote'),
      tenantId: 'acme',
      approvalId,
      round: 1,
      choice: 'approve',
      digest: 'd'.repeat(64),
      userId: 'acme-lead',
      role: 'team_lead',
      orgUnit: 'engineering',
      reasonRef: null,
      at: new Date().toISOString(),
      ...claims,
    },
    keyId: 'v1',
    signature: 'c2lnbmF0dXJl',
  };
}

describe('open', () => {
  it('stores the question and makes action and request wait for it', async () => {
    const requestId = await plannedRequest(opened.stores.requests);
    await opened.stores.requests.beginAction('acme', requestId, 1, website);
    const approval = newApproval(requestId);
    const stored = await approvals.open('acme', approval);
    const { preview, classification, ...rest } = approval;
    expect(stored).toMatchObject({ ...rest, tenantId: 'acme', state: 'pending', decidedAt: null });
    expect(await opened.stores.content.get('acme', stored.previewRef)).toEqual(preview);
    expect(classification).toBe('internal');
    expect(await opened.stores.requests.get('acme', requestId)).toMatchObject({ state: 'queued' });
    expect(await opened.stores.requests.actionsOf('acme', requestId)).toMatchObject([
      { state: 'waiting_approval', approvalId: approval.id, verdict: 'require_approval' },
    ]);
  });

  it('returns what stands for the run and round, and opens another round beside it', async () => {
    const first = await openedApproval();
    const again = newApproval(first.requestId);
    await opened.stores.requests.beginAction('acme', first.requestId, 1, website);
    expect(await approvals.open('acme', again)).toEqual(first);
    expect(await opened.stores.requests.get('acme', first.requestId)).toMatchObject({ state: 'queued' });
    expect(await approvals.get('acme', again.id)).toBeUndefined();
    const second = await approvals.open('acme', newApproval(first.requestId, { round: 2 }));
    expect(second).toMatchObject({ round: 2, state: 'pending' });
  });

  it('opens nothing for a request that has ended, an action that is done, or none', async () => {
    const ended = await plannedRequest(opened.stores.requests);
    await opened.stores.requests.withdrawUnstarted('acme', ended, asker.userId);
    const half = await plannedRequest(opened.stores.requests, [newAction(), newAction()]);
    await opened.stores.requests.finishAction('acme', { requestId: half, n: 1, state: 'done' });
    for (const id of [ended, half]) {
      await expect(approvals.open('acme', newApproval(id))).rejects.toMatchObject({
        code: 'REQUEST_NOT_PENDING',
      });
    }
    await expect(approvals.open('acme', newApproval(half, { n: 9 }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('list', () => {
  it('shows those who may decide and the requester, and nobody else', async () => {
    const { id } = await openedApproval();
    const sees = async (person: Partial<typeof asker>) => {
      const forPerson = { ...asker, userId: 'someone', ...person };
      const list = await approvals.list('acme', { state: 'pending', forPerson, limit: 100 });
      return list.some((approval) => approval.id === id);
    };
    expect(await sees({ userId: asker.userId })).toBe(true);
    expect(await sees({})).toBe(false);
    expect(await sees({ role: 'team_lead', orgUnit: 'engineering/web' })).toBe(true);
    expect(await sees({ role: 'team_lead', orgUnit: 'engineering' })).toBe(true);
    expect(await sees({ role: 'org_admin', orgUnit: 'engineering' })).toBe(true);
    expect(await sees({ role: 'team_lead', orgUnit: 'engineering/we' })).toBe(false);
    expect(await sees({ role: 'org_admin', orgUnit: 'sales' })).toBe(false);
    expect(await sees({ role: 'enterprise_admin', orgUnit: 'sales' })).toBe(true);
    await approvals.close('acme', id, { state: 'rejected', decidedBy: 'acme-lead', reasonRef: null });
    expect(await sees({ role: 'team_lead', orgUnit: 'engineering' })).toBe(false);
  });
});

describe('votes', () => {
  it('come back exactly as they were signed, each once', async () => {
    const { id } = await openedApproval();
    const reasonRef = await opened.stores.content.save({
      tenantId: 'acme',
      purpose: 'decision_reason',
      ownerId: 'acme-lead',
      classification: 'internal',
      value: 'fine',
    });
    const signed = vote(id, { reasonRef });
    const answers = await Promise.all([1, 2].map(() => approvals.recordVote('acme', signed)));
    expect(answers.toSorted()).toEqual([false, true]);
    expect(await approvals.votes('acme', id)).toEqual([signed]);
  });

  it('are refused for another tenant, an unknown approval, an unknown voter, and a time that would not read back', async () => {
    const { id } = await openedApproval();
    await expect(approvals.recordVote('globex', vote(id))).rejects.toMatchObject({ code: 'TENANT_MISMATCH' });
    await expect(approvals.recordVote('acme', vote('apr_none'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const odd = vote(id, { at: '2026-11-21T12:00:00Z' });
    await expect(approvals.recordVote('acme', odd)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    const stranger = vote(id, { userId: 'never seen' });
    await expect(approvals.recordVote('acme', stranger)).rejects.toMatchObject({
      code: 'APPROVAL_NOT_ALLOWED',
    });
    expect(await approvals.votes('acme', id)).toEqual([]);
  });
});

describe('close', () => {
  it('takes the first decision only', async () => {
    const { id } = await openedApproval();
    const closings = (['approved', 'rejected'] as const).map((state) =>
      approvals.close('acme', id, { state, decidedBy: `by-${state}`, reasonRef: null }),
    );
    const [one, other] = await Promise.all(closings);
    expect(one).toEqual(other);
    expect(one?.decidedBy).toBe(`by-${one?.state}`);
  });

  it('lets an approved one be consumed or go stale, and keeps who decided', async () => {
    const { id } = await openedApproval();
    const approved = await approvals.close('acme', id, {
      state: 'approved',
      decidedBy: 'acme-lead',
      reasonRef: null,
    });
    const consumed = await approvals.close('acme', id, {
      state: 'consumed',
      decidedBy: null,
      reasonRef: null,
    });
    expect(consumed).toEqual({ ...approved, state: 'consumed' });
    const late = await approvals.close('acme', id, { state: 'stale' });
    expect(late.state).toBe('consumed');
  });

  it('consumes nothing that nobody approved', async () => {
    const { id } = await openedApproval();
    const closing = { state: 'consumed', decidedBy: null, reasonRef: null } as const;
    expect(await approvals.close('acme', id, closing)).toMatchObject({ state: 'pending' });
    await expect(approvals.close('acme', 'apr_none', closing)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
