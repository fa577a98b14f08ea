import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVoidVotes, type VoidVotes } from '#gateway/loops/void-votes.ts';
import { createEndApproval, questionOf } from '#governance/end-approval.ts';

import type { Stores } from '#stores/open-stores.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { admin, lead, signIn } from '../../support/cast.ts';
import { newApproval, plannedRequest } from '../../support/examples.ts';
import { openTestStores } from '../../support/open-test-stores.ts';
import { recordEventIn } from '../../support/record-event.ts';
import { voteCheckOf } from '../../support/rights.ts';

import { freshSigner } from '../../support/signing.ts';
import { claimsOf, signed } from '../../support/vote.ts';

let stores: Stores;
let close: () => Promise<void>;
let look: VoidVotes;
/** Requests that were told to look. */
const told: string[] = [];
const away = new Set<string>();
const { signer, verify } = freshSigner();
const now = () => new Date();

beforeAll(async () => {
  const opened = await openTestStores();
  ({ stores, close } = opened);
  const ofGateway = await opened.as('gateway');
  const checkVote = voteCheckOf(ofGateway, verify);
  look = createVoidVotes({
    ...ofGateway,
    checkVote,
    endApproval: createEndApproval({ ...ofGateway, checkVote }),
    recordEvent: recordEventIn(ofGateway, now),
    lookAgain: async (_voter, requestId) => {
      if (away.has(requestId)) throw new Error('away');
      told.push(requestId);
    },
  });
  await signIn(stores, lead, admin);
});
afterAll(() => close());

/** An approval that this person gave, and whose effect hasn't happened yet. */
async function approvedBy(voter: typeof lead): Promise<string> {
  const requestId = await plannedRequest(stores.requests);
  const approval = await stores.approvals.open('acme', newApproval(requestId));
  await stores.approvals.recordVote('acme', signed(signer, claimsOf(questionOf(approval), voter, 'approve')));
  await stores.approvals.close('acme', approval.id, {
    state: 'approved',
    decidedBy: voter.userId,
    reasonRef: null,
  });
  return approval.id;
}

const stateOf = async (id: string) => (await stores.approvals.get('acme', id))?.state;

describe('a vote on an effect that has not happened yet', () => {
  it('is shown as void once its voter lost the right, on the record, and others stay', async () => {
    const [theirs, others] = [await approvedBy(lead), await approvedBy(admin)];
    expect(await look()).toBe(0);
    expect([await stateOf(theirs), await stateOf(others)]).toEqual(['approved', 'approved']);
    await stores.people.withdraw('acme', lead.userId);
    expect(await look()).toBe(1);
    expect([await stateOf(theirs), await stateOf(others)]).toEqual(['stale', 'approved']);
    const entries = await entriesOf(stores, 'acme');
    expect(entries.filter(({ event }) => event === 'rights.vote_void')).toEqual([
      expect.objectContaining({
        userId: lead.userId,
        metadata: expect.objectContaining({ approval_id: theirs }),
      }),
    ]);
    expect(await look()).toBe(0);
  });

  it('has the request look, and stays as it is until the request could be told', async () => {
    await signIn(stores, lead, admin);
    const [untold, theirs] = [await approvedBy(lead), await approvedBy(lead)];
    await stores.people.withdraw('acme', lead.userId);
    const requestOf = async (id: string) => (await stores.approvals.get('acme', id))?.requestId ?? '';
    away.add(await requestOf(untold));
    await expect(look()).rejects.toThrow('away');
    expect([await stateOf(untold), await stateOf(theirs)]).toEqual(['approved', 'stale']);
    away.clear();
    expect(await look()).toBe(1);
    expect(await stateOf(untold)).toBe('stale');
    expect(told).toEqual(expect.arrayContaining([await requestOf(untold), await requestOf(theirs)]));
  });

  it('is void once its voter was erased, and nobody is named', async () => {
    await signIn(stores, lead, admin);
    const id = await approvedBy(lead);
    await stores.erasures.eraseRows('acme', lead.userId, 'erased:sub_00000000000000000000000000', []);
    expect(await look()).toBe(1);
    expect(await stateOf(id)).toBe('stale');
    const entries = await entriesOf(stores, 'acme');
    const entry = entries.find(({ metadata }) => metadata['approval_id'] === id);
    expect(entry).toMatchObject({ event: 'rights.vote_void', userId: 'unknown' });
  });

  it('is found however many there are', async () => {
    await signIn(stores, lead, admin);
    await Promise.all(Array.from({ length: 101 }, () => approvedBy(admin)));
    const last = await approvedBy(lead);
    await stores.people.withdraw('acme', lead.userId);
    await look();
    expect(await stateOf(last)).toBe('stale');
  });
});
