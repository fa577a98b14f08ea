import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCountVote } from '#activities/approval/approvals.ts';
import { createEndApproval, questionOf } from '#governance/end-approval.ts';

import { lead, signIn } from '../support/cast.ts';
import { newApproval, plannedRequest } from '../support/examples.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';
import { recordEventIn } from '../support/record-event.ts';
import { voteCheckOf } from '../support/rights.ts';

import { freshSigner } from '../support/signing.ts';
import { claimsOf, signed } from '../support/vote.ts';

let opened: TestStores;
const { signer, verify } = freshSigner();
const now = () => new Date();
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

it('a vote that closed its question counts when it is counted again, though its voter was erased meanwhile', async () => {
  const { stores } = opened;
  await signIn(stores, lead);
  const requestId = await plannedRequest(stores.requests);
  const approval = await stores.approvals.open('acme', newApproval(requestId));
  const question = questionOf(approval);
  const checkVote = voteCheckOf(stores, verify);
  const countVote = createCountVote({
    ...stores,
    recordEvent: recordEventIn(stores, now),
    checkVote,
    endApproval: createEndApproval({ ...stores, checkVote }),
  });
  const vote = signed(signer, claimsOf(question, lead, 'approve'));
  // The worker dies before Temporal hears of it; the erasure finds nothing open, since the question is closed.
  expect(await countVote(question, vote)).toBeNull();
  const alias = 'erased:sub_00000000000000000000000000';
  expect(await stores.erasures.eraseRows('acme', lead.userId, alias, [])).toMatchObject({ votes: 1 });
  const again = await countVote(question, vote);
  const { state } = (await stores.approvals.get('acme', approval.id)) ?? {};
  // The workflow must not go on waiting for a question that says it is approved.
  expect({ again, state }).not.toEqual({ again: 'APPROVAL_NOT_ALLOWED', state: 'approved' });
});
