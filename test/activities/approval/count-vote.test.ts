import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCountVote } from '#activities/approval/approvals.ts';
import { createEndApproval, questionOf } from '#governance/end-approval.ts';
import type { Stores } from '#stores/open-stores.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { lead, signIn } from '../../support/cast.ts';
import { newApproval, plannedRequest } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { recordEventIn } from '../../support/record-event.ts';
import { voteCheckOf } from '../../support/rights.ts';

import { freshSigner } from '../../support/signing.ts';
import { claimsOf, signed } from '../../support/vote.ts';

let opened: TestStores;
const { signer, verify } = freshSigner();
const now = () => new Date();

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

async function openQuestion() {
  const { approvals, requests } = opened.stores;
  const requestId = await plannedRequest(requests);
  const approval = await approvals.open('acme', newApproval(requestId));
  return questionOf(approval);
}

/** The activity over these stores, with the one way to end an approval. */
function counting(
  stores: Stores,
  options: Pick<Parameters<typeof createCountVote>[0], 'recordEvent' | 'checkVote'>,
) {
  return createCountVote({
    ...stores,
    ...options,
    endApproval: createEndApproval({ ...stores, ...options }),
  });
}

describe('counting a vote', () => {
  it('refuses it, and names nobody, when its voter is erased after their rights were looked at', async () => {
    const { stores } = opened;
    await signIn(stores, lead);
    const check = voteCheckOf(stores, verify);
    const alias = 'erased:sub_00000000000000000000000000';
    const countVote = counting(stores, {
      recordEvent: recordEventIn(stores, now),
      checkVote: async (question, vote) => {
        const problem = await check(question, vote);
        await stores.erasures.eraseRows('acme', lead.userId, alias, []);
        return problem;
      },
    });
    const question = await openQuestion();
    const vote = signed(signer, claimsOf(question, lead, 'approve'));
    expect(await countVote(question, vote)).toBe('APPROVAL_NOT_ALLOWED');

    const { approvalId } = question;
    expect(await stores.approvals.get('acme', approvalId)).toMatchObject({
      state: 'pending',
      decidedBy: null,
    });
    expect(await stores.approvals.votes('acme', approvalId)).toEqual([]);
    const entries = await entriesOf(stores, 'acme');
    const denied = entries.filter(({ outcome }) => outcome === 'denied');
    expect(denied).toHaveLength(1);
    expect(denied[0]).toMatchObject({
      event: 'approval.voted',
      metadata: { approval_id: approvalId, vote_id: vote.claims.voteId, error: 'APPROVAL_NOT_ALLOWED' },
    });
    expect(denied[0]?.userId).not.toBe(lead.userId);
  });

  it.each([
    ['without a version', {}],
    ['of version 1', { version: 1 }],
  ])('keeps one %s as it was signed, so that it still counts when it is read back', async (_, version) => {
    const { stores } = opened;
    await signIn(stores, lead);
    const checkVote = voteCheckOf(stores, verify);
    const countVote = counting(stores, { recordEvent: recordEventIn(stores, now), checkVote });
    const question = await openQuestion();
    const vote = signed(signer, { ...claimsOf(question, lead, 'approve'), ...version });
    expect(await countVote(question, vote)).toBeNull();
    const [kept, ...others] = await stores.approvals.votes('acme', question.approvalId);
    expect([kept, others]).toEqual([vote, []]);
    expect(kept && (await checkVote(question, kept))).toBeNull();
    const next = { ...vote, claims: { ...vote.claims, version: 2 } };
    expect(await checkVote(question, next)).toBe('VOTE_SIGNATURE_INVALID');
  });

  it('keeps none of a version that it does not know', async () => {
    const { stores } = opened;
    await signIn(stores, lead);
    const checkVote = voteCheckOf(stores, verify);
    const countVote = counting(stores, { recordEvent: recordEventIn(stores, now), checkVote });
    const question = await openQuestion();
    const vote = signed(signer, { ...claimsOf(question, lead, 'approve'), version: 2 });
    expect(await countVote(question, vote)).toBe('VOTE_SIGNATURE_INVALID');
    expect(await stores.approvals.votes('acme', question.approvalId)).toEqual([]);
    expect(await stores.approvals.get('acme', question.approvalId)).toMatchObject({ state: 'pending' });
  });

  it('closes the question with one that counts, once', async () => {
    const { stores } = opened;
    await signIn(stores, lead);
    const countVote = counting(stores, {
      recordEvent: recordEventIn(stores, now),
      checkVote: voteCheckOf(stores, verify),
    });
    const question = await openQuestion();
    const vote = signed(signer, claimsOf(question, lead, 'approve'));
    expect([await countVote(question, vote), await countVote(question, vote)]).toEqual([null, null]);
    expect(await stores.approvals.votes('acme', question.approvalId)).toEqual([vote]);
    expect(await stores.approvals.get('acme', question.approvalId)).toMatchObject({
      state: 'approved',
      decidedBy: lead.userId,
    });
  });

  it.each([
    ['approve', 'approved', 'waiting_approval'],
    ['reject', 'rejected', 'rejected'],
  ] as const)(
    'lets a vote to %s stand that closed the question, though its voter lost their rights since',
    async (choice, state, actionState) => {
      const { stores } = opened;
      await signIn(stores, lead);
      let mayVote = true;
      const countVote = counting(stores, {
        recordEvent: recordEventIn(stores, now),
        checkVote: async () => (mayVote ? null : 'APPROVAL_NOT_ALLOWED'),
      });
      const question = await openQuestion();
      const vote = signed(signer, claimsOf(question, lead, choice));
      expect(await countVote(question, vote)).toBeNull();
      mayVote = false;
      expect(await countVote(question, vote)).toBeNull();
      // Another vote of theirs is refused, as is one that only calls itself the same.
      for (const other of [
        signed(signer, claimsOf(question, lead, choice)),
        { ...vote, signature: 'other' },
      ]) {
        expect(await countVote(question, other)).toBe('APPROVAL_NOT_ALLOWED');
      }
      expect(await stores.approvals.get('acme', question.approvalId)).toMatchObject({ state });
      const requestId = (await stores.approvals.get('acme', question.approvalId))?.requestId ?? '';
      const actions = await stores.requests.actionsOf('acme', requestId);
      expect(actions.map((action) => action.state)).toEqual([actionState]);
    },
  );
});
