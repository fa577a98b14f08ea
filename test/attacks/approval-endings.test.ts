import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExpireApproval } from '#activities/approval/approvals.ts';
import { type ApprovalState, approvalStates } from '#domain/approval/approval.ts';
import { type ApprovalEnding, endingVerdict, endsFrom } from '#domain/approval/ending.ts';
import { createEndApproval, type EndApproval, questionOf } from '#governance/end-approval.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import type { StoredApproval } from '#stores/approval/approvals.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { lead, signIn } from '../support/cast.ts';
import { asker, auditEntry, effect, newApproval, plannedRequest } from '../support/examples.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';
import { recordEventIn } from '../support/record-event.ts';
import { voteCheckOf } from '../support/rights.ts';
import { freshSigner } from '../support/signing.ts';
import { claimsOf, signed } from '../support/vote.ts';

const votes = ['none', 'counts', 'does not count'] as const;
const claims = ['none', 'being sent', 'done', 'surely not sent'] as const;
const deadlines = ['passed', 'ahead'] as const;
const endings = Object.keys(endsFrom).filter((name): name is ApprovalEnding => name in endsFrom);

interface Cell {
  state: ApprovalState;
  to: ApprovalEnding;
  vote: (typeof votes)[number];
  claim: (typeof claims)[number];
  deadline: (typeof deadlines)[number];
}

/** Every state × every ending × vote × claim; the deadline matters to what expires alone. */
const grid: Cell[] = approvalStates.flatMap((state) =>
  endings.flatMap((to) =>
    votes.flatMap((vote) =>
      claims.flatMap((claim) =>
        deadlines.flatMap((deadline) =>
          to === 'expired' || deadline === 'passed' ? [{ state, to, vote, claim, deadline }] : [],
        ),
      ),
    ),
  ),
);

let opened: TestStores;
let endApproval: EndApproval;
const { signer, verify } = freshSigner();
const forger = freshSigner().signer;

beforeAll(async () => {
  opened = await openTestStores();
  await signIn(opened.stores, asker, lead);
  endApproval = createEndApproval({ ...opened.stores, checkVote: voteCheckOf(opened.stores, verify) });
});
afterAll(() => opened?.close());

/** An approval that stands like that, by the ways that bring it there; its state alone is set as the database's owner. */
async function standing(cells: readonly Cell[]): Promise<StoredApproval[]> {
  const { stores } = opened;
  const all = await Promise.all(
    cells.map(async ({ vote, claim, deadline }) => {
      const requestId = await plannedRequest(stores.requests);
      const expiresAt = new Date(Date.now() + (deadline === 'passed' ? -1_000 : 3_600_000)).toISOString();
      const approval = await stores.approvals.open('acme', newApproval(requestId, { expiresAt }));
      if (vote !== 'none') {
        const by = vote === 'counts' ? signer : forger;
        const given = signed(by, claimsOf(questionOf(approval), lead, 'approve'));
        await stores.approvals.recordVote('acme', given);
      }
      if (claim !== 'none') await claimed(approval, claim);
      return approval;
    }),
  );
  await withAdmin(opened.databases.adminUrl, async (client) => {
    for (const state of approvalStates) {
      const ids = all.flatMap(({ id }, n) => (cells[n]?.state === state ? [id] : []));
      await client.query('UPDATE tenant_acme.approvals SET state = $1 WHERE id = ANY($2)', [state, ids]);
    }
  });
  return all;
}

async function claimed({ requestId, runId, id }: StoredApproval, claim: Cell['claim']): Promise<void> {
  const { ledger } = opened.stores;
  await ledger.beginEffect('acme', effect({ requestId, runId, approvalId: id }));
  if (claim === 'being sent') return;
  const isDone = claim === 'done';
  await ledger.finishEffect('acme', runId, {
    entry: auditEntry({ requestId, outcome: isDone ? 'success' : 'denied' }),
    outcome: isDone ? 'success' : 'denied',
    result: { kind: isDone ? 'done' : 'unsent', code: isDone ? null : 'POLICY_DENIED', output: null },
    attempts: 1,
  });
}

/** What may happen, in words of its own. */
function mayEnd({ state, to, vote, claim, deadline }: Cell): boolean {
  const mayBeSent = claim === 'being sent' || claim === 'done';
  if (to === 'approved') return state === 'pending';
  if (to === 'consumed') return state === 'approved';
  if (mayBeSent) return false;
  if (to === 'rejected') return state === 'pending';
  if (to === 'expired') return state === 'pending' && vote !== 'counts' && deadline === 'passed';
  return state === 'pending' || state === 'approved';
}

const nameOf = ({ state, to, vote, claim, deadline }: Cell) =>
  `${state} → ${to}, vote: ${vote}, claim: ${claim}, deadline ${deadline}`;

describe('how an approval ends', () => {
  it(`is decided by its state, its votes, its claim and its deadline: ${grid.length} cells`, async () => {
    const wrong: string[] = [];
    for (let from = 0; from < grid.length; from += 64) {
      const cells = grid.slice(from, from + 64);
      const approvals = await standing(cells);
      await Promise.all(
        cells.map(async (cell, n) => {
          const id = approvals[n]?.id ?? '';
          const { approval, verdict } = await endApproval('acme', id, { state: cell.to });
          const became = (await opened.stores.approvals.get('acme', id))?.state;
          const wanted = mayEnd(cell) ? cell.to : cell.state;
          const says = verdict === 'ends' || cell.to === cell.state ? cell.to : cell.state;
          if (became !== wanted || approval.state !== wanted || says !== wanted)
            wrong.push(`${nameOf(cell)}: ${became}, ${verdict}`);
        }),
      );
    }
    expect(wrong).toEqual([]);
  });

  it('is the same by the rule alone', () => {
    const differs = grid.filter((cell) => {
      const { state, to, vote, claim, deadline } = cell;
      const verdict = endingVerdict(to, {
        state,
        isOver: deadline === 'passed',
        hasVote: vote === 'counts',
        isInFlight: claim === 'being sent' || claim === 'done',
      });
      return (verdict === 'ends') !== mayEnd(cell);
    });
    expect(differs.map(nameOf)).toEqual([]);
  });

  it('is not changed by a vote that arrives while it expires', async () => {
    const [approval] = await standing([
      { state: 'pending', to: 'expired', vote: 'none', claim: 'none', deadline: 'passed' },
    ]);
    if (approval === undefined) throw new Error('none');
    const late = createEndApproval({
      ...opened.stores,
      approvals: {
        ...opened.stores.approvals,
        votes: async (tenantId, id) => {
          const seen = await opened.stores.approvals.votes(tenantId, id);
          const vote = signed(signer, claimsOf(questionOf(approval), lead, 'approve'));
          await opened.stores.approvals.recordVote('acme', vote);
          return seen;
        },
      },
      checkVote: voteCheckOf(opened.stores, verify),
    });
    const { approval: now, verdict } = await late('acme', approval.id, { state: 'expired' });
    expect([now.state, verdict]).toEqual(['pending', 'early']);
  });
});

describe('an approval is said to have expired', () => {
  const expiring = () =>
    createExpireApproval({
      ...opened.stores,
      checkVote: voteCheckOf(opened.stores, verify),
      endApproval,
      recordEvent: recordEventIn(opened.stores, () => new Date()),
    });
  const cells = grid.filter(({ to }) => to === 'expired');

  it('and it has, or nothing happens and nobody is named', async () => {
    const expire = expiring();
    const approvals = await standing(cells);
    await Promise.all(
      approvals.map((approval) => expire(asker, questionOf(approval)).catch(() => undefined)),
    );
    const entries = await entriesOf(opened.stores, 'acme');
    const told = new Set(
      entries.flatMap(({ event, metadata }) =>
        event === 'approval.expired' ? [metadata['approval_id']] : [],
      ),
    );
    const wrong = await Promise.all(
      cells.map(async (cell, n) => {
        const approval = approvals[n];
        if (approval === undefined) throw new Error('none');
        const state = (await opened.stores.approvals.get('acme', approval.id))?.state;
        const [action] = await opened.stores.requests.actionsOf('acme', approval.requestId);
        // What is on the row already is said again, once.
        const should = mayEnd(cell) || cell.state === 'expired';
        const did = [state === 'expired', told.has(approval.id), action?.state === 'expired'];
        return did.every((one) => one === should) ? [] : [`${nameOf(cell)}: ${did.join()}`];
      }),
    );
    expect(wrong.flat()).toEqual([]);
  });

  it.each([
    ['of somebody else', { requester: { ...asker, userId: 'acme-admin' }, change: {} }],
    ['of another round', { requester: asker, change: { round: 2 } }],
    ['with another digest', { requester: asker, change: { digest: 'e'.repeat(64) } }],
    ['decided by others', { requester: asker, change: { approvers: { role: 'user', orgUnit: '' } } }],
  ] as const)('%s: refused', async (_what, { requester, change }) => {
    const [approval] = await standing([
      { state: 'pending', to: 'expired', vote: 'none', claim: 'none', deadline: 'passed' },
    ]);
    if (approval === undefined) throw new Error('none');
    const told = { ...questionOf(approval), ...change };
    await expect(expiring()(requester, told)).rejects.toMatchObject({ code: 'CALL_NOT_SO' });
    expect(await opened.stores.approvals.get('acme', approval.id)).toMatchObject({ state: 'pending' });
  });
});
