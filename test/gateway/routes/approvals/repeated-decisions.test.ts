import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalState, VoteChoice } from '#domain/approval/approval.ts';
import { newId } from '#platform/new-id.ts';
import type { StoredApproval } from '#stores/approval/approvals.ts';
import { entriesOf } from '../../../support/audit-entries.ts';
import { asker } from '../../../support/cast.ts';
import { newApproval, plannedRequest } from '../../../support/examples.ts';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

const digest = 'a'.repeat(64);
const otherDigest = 'b'.repeat(64);

/** A vote on record: its voter, what it said, of which digest and round. */
interface Cast {
  by: string;
  choice: VoteChoice;
  digest?: string;
  round?: number;
}

/** How an approval came to stand as it does. */
interface Situation {
  name: string;
  /** In their order. */
  states: readonly Exclude<ApprovalState, 'pending'>[];
  decidedBy: string | null;
  votes: readonly Cast[];
  expired?: true;
  /** The one decision of the lead's that is a repetition here. */
  repeats?: 'approve' | 'reject';
  /** What every other one is told. */
  otherwise: string;
}

const lead = people.lead.sub;
const admin = people.admin.sub;
const notPending = 'APPROVAL_NOT_PENDING';
/** Nothing was decided: the row waits, and its workflow is gone. */
const interrupted = 'APPROVAL_INTERRUPTED';

/** No worker runs: what is put to an approval's workflow finds none, as when it has ended or was forgotten. */
const situations: readonly Situation[] = [
  { name: 'nobody has voted', states: [], decidedBy: null, votes: [], otherwise: interrupted },
  {
    name: 'nobody has voted, and time is over',
    states: [],
    decidedBy: null,
    votes: [],
    expired: true,
    otherwise: 'APPROVAL_EXPIRED',
  },
  {
    name: 'their vote is on record and was refused in the end',
    states: [],
    decidedBy: null,
    votes: [{ by: lead, choice: 'approve' }],
    otherwise: interrupted,
  },
  {
    name: 'their vote was refused in the end, and another decided',
    states: ['approved'],
    decidedBy: admin,
    votes: [
      { by: lead, choice: 'approve' },
      { by: admin, choice: 'approve' },
    ],
    otherwise: notPending,
  },
  ...(['approved', 'consumed', 'stale', 'expired'] as const).map(
    (state): Situation => ({
      name: `they approved: ${state}`,
      states: state === 'approved' ? ['approved'] : ['approved', state],
      decidedBy: lead,
      votes: [{ by: lead, choice: 'approve' }],
      repeats: 'approve',
      otherwise: state === 'expired' ? 'APPROVAL_EXPIRED' : notPending,
    }),
  ),
  {
    name: 'they approved, and the time of the approval is over since',
    states: ['approved', 'consumed'],
    decidedBy: lead,
    votes: [{ by: lead, choice: 'approve' }],
    expired: true,
    repeats: 'approve',
    otherwise: notPending,
  },
  {
    name: 'they rejected',
    states: ['rejected'],
    decidedBy: lead,
    votes: [{ by: lead, choice: 'reject' }],
    repeats: 'reject',
    otherwise: notPending,
  },
  ...(['approve', 'reject'] as const).map(
    (choice): Situation => ({
      name: `another did: ${choice}`,
      states: [choice === 'approve' ? 'approved' : 'rejected'],
      decidedBy: admin,
      votes: [{ by: admin, choice }],
      otherwise: notPending,
    }),
  ),
  {
    name: 'the requester withdrew',
    states: ['withdrawn'],
    decidedBy: people.user.sub,
    votes: [{ by: people.user.sub, choice: 'withdraw' }],
    otherwise: notPending,
  },
  {
    name: 'nobody decided in time',
    states: ['expired'],
    decidedBy: null,
    votes: [],
    otherwise: 'APPROVAL_EXPIRED',
  },
  { name: 'it went stale unasked', states: ['stale'], decidedBy: null, votes: [], otherwise: notPending },
  {
    name: 'what is on record of theirs is of another digest',
    states: ['approved'],
    decidedBy: lead,
    votes: [{ by: lead, choice: 'approve', digest: otherDigest }],
    otherwise: notPending,
  },
  {
    name: 'what is on record of theirs is of another round',
    states: ['approved'],
    decidedBy: lead,
    votes: [{ by: lead, choice: 'approve', round: 2 }],
    otherwise: notPending,
  },
];

/** Everything that the lead can send. */
const sent = (['approve', 'reject'] as const).flatMap((decision) =>
  [digest, otherDigest].flatMap((shown) =>
    ['as I said', 'in other words', undefined]
      .filter((reason) => decision === 'approve' || reason !== undefined)
      .flatMap((reason) =>
        [undefined, 'one-key', 'another-key'].map((key) => ({
          payload: { decision, digest: shown, ...(reason === undefined ? {} : { reason }) },
          headers: key === undefined ? {} : { 'idempotency-key': key },
        })),
      ),
  ),
);

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openTestGateway();
  for (const person of [people.user, people.lead, people.admin])
    await gateway.as(person, { url: '/api/v1/requests' });
});
afterAll(() => gateway?.close());

async function stand({ states, decidedBy, votes, expired }: Situation): Promise<StoredApproval> {
  const { approvals, requests } = gateway.stores;
  const requestId = await plannedRequest(requests, undefined, asker);
  const ends = Date.now() + (expired === undefined ? 3_600_000 : -1_000);
  const approval = newApproval(requestId, { digest, expiresAt: new Date(ends).toISOString() });
  const opened = await approvals.open('acme', approval);
  for (const vote of votes) {
    const claims = {
      voteId: newId('vote'),
      tenantId: 'acme',
      approvalId: opened.id,
      round: vote.round ?? opened.round,
      choice: vote.choice,
      digest: vote.digest ?? digest,
      userId: vote.by,
      role: 'team_lead',
      orgUnit: 'engineering',
      reasonRef: null,
      at: new Date().toISOString(),
    } as const;
    await approvals.recordVote('acme', { claims, keyId: 'k', signature: 's' });
  }
  for (const state of states) {
    if (state === 'expired') await expire(opened.id);
    else await approvals.close('acme', opened.id, { state, decidedBy, reasonRef: null });
  }
  return opened;
}

/** Whatever it was before, as versions before left it too. */
async function expire(id: string): Promise<void> {
  await gateway.stores.database.inTenant('acme', (tx) =>
    tx
      .updateTable('approvals')
      .set({ state: 'expired', decided_at: new Date().toISOString() })
      .where('id', '=', id)
      .execute(),
  );
}

const recorded = async (requestId: string) =>
  (await entriesOf(gateway.stores, 'acme', { requestId })).filter(({ event }) => event === 'approval.voted');

describe('a decision that is sent again', () => {
  it.each(situations)('where $name: counts as the same only if it is', async (situation) => {
    const { id, requestId } = await stand(situation);
    const before = await gateway.stores.approvals.get('acme', id);
    const wrong: string[] = [];
    let refusals = 0;
    for (const { payload, headers } of sent) {
      const answer = await gateway.as(people.lead, {
        method: 'POST',
        url: `/api/v1/approvals/${id}/decision`,
        payload,
        headers,
      });
      const isSame = payload.decision === situation.repeats && payload.digest === digest;
      const refusal = payload.digest === digest ? situation.otherwise : 'APPROVAL_DIGEST_MISMATCH';
      const right = isSame
        ? [200, before?.state, lead]
        : [refusal === interrupted ? 503 : 409, refusal, undefined];
      const body = answer.json();
      const got = [answer.statusCode, body.error ?? body.state, body.decided_by?.user_id];
      if (JSON.stringify(got) !== JSON.stringify(right))
        wrong.push(`${JSON.stringify({ payload, headers })}: ${JSON.stringify(got)}`);
      // What only the workflow can refuse, it records; here it is not there.
      const byWorkflow = before?.state === 'pending' && situation.expired === undefined;
      if (!isSame && !(byWorkflow && payload.digest === digest)) refusals += 1;
    }
    expect(wrong).toEqual([]);
    // A repetition leaves nothing behind: no entry, no vote, no other state, no other reason.
    const entries = await recorded(requestId);
    expect(entries.map(({ outcome }) => outcome)).toEqual(Array.from({ length: refusals }, () => 'denied'));
    expect(await gateway.stores.approvals.get('acme', id)).toEqual(before);
    expect(await gateway.stores.approvals.votes('acme', id)).toHaveLength(situation.votes.length);
  });

  it('is another’s when another says it, whatever they were shown', async () => {
    const approved = situations.find(({ repeats }) => repeats === 'approve');
    if (approved === undefined) throw new Error('nothing was approved');
    const { id } = await stand(approved);
    const payload = { decision: 'approve', digest };
    const decide = (person: (typeof people)[keyof typeof people]) =>
      gateway.as(person, { method: 'POST', url: `/api/v1/approvals/${id}/decision`, payload });
    const told = await Promise.all([people.admin, people.user, people.peer, people.stranger].map(decide));
    expect(told.map(({ statusCode, json }) => [statusCode, json().error])).toEqual([
      [409, 'APPROVAL_NOT_PENDING'],
      [403, 'APPROVAL_OWN_REQUEST'],
      [404, 'NOT_FOUND'],
      [404, 'NOT_FOUND'],
    ]);
    // Nor is it theirs any more who lost the role since.
    expect((await decide({ ...people.lead, groups: ['openclaw-users'] })).statusCode).toBe(404);
  });

  it('is known while Temporal is away; a new one has to wait', async () => {
    const away = await gateway.reopen({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
    const wrong: string[] = [];
    for (const situation of situations) {
      const { id } = await stand(situation);
      for (const decision of ['approve', 'reject'] as const) {
        const answer = await away.app.inject({
          method: 'POST',
          url: `/api/v1/approvals/${id}/decision`,
          headers: { authorization: `Bearer ${await gateway.token(people.lead)}` },
          payload: { decision, digest, reason: 'as I said' },
        });
        const isOpen = situation.states.length === 0 && situation.expired === undefined;
        const right = situation.repeats === decision ? 200 : isOpen ? 503 : 409;
        if (answer.statusCode !== right) wrong.push(`${situation.name}, ${decision}: ${answer.body}`);
      }
    }
    await away.close();
    expect(wrong).toEqual([]);
  });
});
