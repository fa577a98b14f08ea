import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignedVote, VoteClaims } from '#domain/approval/approval.ts';
import type { Actor } from '#domain/person/actor.ts';
import { audited } from '../support/ask.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { admin, asker, colleague, globexLead, lead, salesLead, signIn } from '../support/cast.ts';
import { type OpenApproval, openApproval, stateOf } from '../support/open-approval.ts';
import { freshSigner } from '../support/signing.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';
import { claimsOf, put, refusalOf, signed } from '../support/vote.ts';

let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker();
  await signIn(worker.stores, asker, lead, admin, colleague, salesLead);
  await signIn(worker.stores, globexLead);
});
afterAll(() => worker?.close());

const castBy = (
  { question }: OpenApproval,
  voter: Actor,
  choice: 'approve' | 'reject' | 'withdraw',
  changes: Partial<VoteClaims> = {},
) =>
  put(worker.temporal, question, signed(worker.signer, { ...claimsOf(question, voter, choice), ...changes }));

describe('an approval', () => {
  it.each([
    ['approve', lead, 'approved'],
    ['reject', admin, 'rejected'],
    ['withdraw', asker, 'withdrawn'],
  ] as const)('ends with the first vote that holds: %s', async (choice, voter, outcome) => {
    const open = await openApproval(worker);
    expect(await castBy(open, voter, choice)).toMatchObject({ outcome, votes: [{ claims: { choice } }] });
    expect(await open.handle.result()).toMatchObject({ outcome });
    expect(await stateOf(worker, open)).toBe(outcome);
    expect(await audited(worker, open.requestId)).toEqual(['approval.voted success']);
  });

  it.each<[string, Actor, string]>([
    ['a role that does not decide', colleague, 'APPROVAL_NOT_ALLOWED'],
    ['a lead of another unit', salesLead, 'APPROVAL_NOT_ALLOWED'],
    ['the one who asked', asker, 'APPROVAL_OWN_REQUEST'],
    ['the one who asked, as an admin', { ...asker, role: 'enterprise_admin' }, 'APPROVAL_OWN_REQUEST'],
  ])('is not decided by %s', async (_who, voter, code) => {
    const open = await openApproval(worker);
    expect(await refusalOf(castBy(open, voter, 'approve'))).toBe(code);
    expect(await stateOf(worker, open)).toBe('pending');
    expect(await castBy(open, lead, 'approve')).toMatchObject({ outcome: 'approved' });
  });

  it('is withdrawn by nobody but the one who asked', async () => {
    const open = await openApproval(worker);
    expect(await refusalOf(castBy(open, lead, 'withdraw'))).toBe('APPROVAL_NOT_ALLOWED');
    expect(await stateOf(worker, open)).toBe('pending');
  });

  it.each<[string, Partial<VoteClaims>, string]>([
    ['another digest', { digest: 'e'.repeat(64) }, 'APPROVAL_DIGEST_MISMATCH'],
    ['another approval', { approvalId: 'apr_another' }, 'APPROVAL_NOT_PENDING'],
    ['another round', { round: 2 }, 'APPROVAL_NOT_PENDING'],
    ['another tenant', { tenantId: 'globex' }, 'TENANT_MISMATCH'],
  ])('refuses a vote on %s', async (_what, changes, code) => {
    const open = await openApproval(worker);
    expect(await refusalOf(castBy(open, lead, 'approve', changes))).toBe(code);
    expect(await stateOf(worker, open)).toBe('pending');
  });

  it('refuses a vote that comes by the wrong door: a withdrawal as a decision', async () => {
    const open = await openApproval(worker);
    const { temporal, signer } = worker;
    const vote = signed(signer, claimsOf(open.question, asker, 'withdraw'));
    const caller = { tenantId: 'acme', actorId: asker.userId, traceId: open.requestId };
    const update = temporal.as(caller, () => open.handle.executeUpdate('decide', { args: [vote] }));
    expect(await refusalOf(update)).toBe('INVALID_REQUEST');
  });

  it('refuses a second decision, whatever it says', async () => {
    const open = await openApproval(worker);
    await castBy(open, lead, 'approve');
    const second = castBy(open, admin, 'reject');
    await expect(second).rejects.toThrow();
    expect(await stateOf(worker, open)).toBe('approved');
  });

  it('takes a repeated click for the same vote', async () => {
    const open = await openApproval(worker);
    const vote = signed(worker.signer, claimsOf(open.question, lead, 'approve'));
    const answers = await Promise.all([1, 2, 3].map(() => put(worker.temporal, open.question, vote)));
    expect(answers.map(({ outcome }) => outcome)).toEqual(['approved', 'approved', 'approved']);
    expect(await worker.stores.approvals.votes('acme', open.question.approvalId)).toHaveLength(1);
  });

  it('expires when nobody decides in time, on record, and takes no vote after that', async () => {
    const open = await openApproval(worker, { expiresMs: 300 });
    expect(await open.handle.result()).toEqual({ outcome: 'expired', votes: [] });
    expect(await stateOf(worker, open)).toBe('expired');
    expect(await audited(worker, open.requestId)).toEqual(['approval.expired denied']);
    await expect(castBy(open, lead, 'approve')).rejects.toThrow();
    expect(await stateOf(worker, open)).toBe('expired');
  });
});

describe('a vote that reaches the workflow without the gateway', () => {
  const forged = async (vote: (question: OpenApproval['question']) => SignedVote) => {
    const open = await openApproval(worker);
    expect(await refusalOf(put(worker.temporal, open.question, vote(open.question)))).toBe(
      'VOTE_SIGNATURE_INVALID',
    );
    expect(await stateOf(worker, open)).toBe('pending');
    const entries = await entriesOf(worker.stores, 'acme', { requestId: open.requestId });
    expect(entries).toMatchObject([{ event: 'approval.voted', outcome: 'denied', userId: 'unknown' }]);
    expect(await castBy(open, lead, 'approve')).toMatchObject({ outcome: 'approved' });
  };

  it('unsigned: does not count, and names nobody', async () => {
    await forged((question) => ({ claims: claimsOf(question, lead, 'approve'), keyId: '', signature: '' }));
  });

  it('signed by another key under the same key id: does not count', async () => {
    const { signer } = freshSigner(worker.signer.keyId);
    await forged((question) => signed(signer, claimsOf(question, lead, 'approve')));
  });

  it('with one claim changed after signing: does not count', async () => {
    await forged((question) => {
      const { claims, ...rest } = signed(worker.signer, claimsOf(question, lead, 'reject'));
      return { ...rest, claims: { ...claims, choice: 'approve' } };
    });
  });
});

describe("a voter's rights", () => {
  it('count as they are now, not as the vote says', async () => {
    const demoted: Actor = { ...lead, userId: 'acme-demoted' };
    await signIn(worker.stores, { ...demoted, role: 'user' });
    const open = await openApproval(worker);
    expect(await refusalOf(castBy(open, demoted, 'approve'))).toBe('APPROVAL_NOT_ALLOWED');
  });

  it('do not count once revoked; the same vote counts when they are stated again, each on record', async () => {
    const leaving: Actor = { ...lead, userId: 'acme-leaving' };
    await signIn(worker.stores, leaving);
    await worker.stores.people.revoke('acme', leaving.userId);
    const open = await openApproval(worker);
    const vote = signed(worker.signer, claimsOf(open.question, leaving, 'approve'));
    expect(await refusalOf(put(worker.temporal, open.question, vote))).toBe('APPROVAL_NOT_ALLOWED');
    await signIn(worker.stores, leaving);
    const caller = { tenantId: 'acme', actorId: leaving.userId, traceId: open.requestId };
    await worker.temporal.as(caller, () => open.handle.executeUpdate('decide', { args: [vote] }));
    expect(await audited(worker, open.requestId)).toEqual([
      'approval.voted denied',
      'approval.voted success',
    ]);
  });
});
