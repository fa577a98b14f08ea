import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApprovalState, approvalStates, voteRefusal } from '#domain/approval/approval.ts';
import type { Actor } from '#domain/person/actor.ts';
import { maySee } from '#gateway/routes/approvals/approval-view.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import type { StoredApproval } from '#stores/approval/approvals.ts';
import {
  arbitraryActor,
  arbitraryRole,
  arbitraryUnit,
  arbitraryUserId,
} from '../../support/arbitrary-people.ts';
import { newApproval, plannedRequest } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
/** Every other one is a copy of it with something else in it. */
let pattern: StoredApproval;

beforeAll(async () => {
  opened = await openTestStores();
  const requestId = await plannedRequest(opened.stores.requests);
  pattern = await opened.stores.approvals.open('acme', newApproval(requestId));
});
afterAll(() => opened?.close());

const arbitraryApproval = fc.record({
  state: fc.constantFrom<ApprovalState>(...approvalStates),
  requester: arbitraryUserId,
  requesterUnit: arbitraryUnit,
  role: arbitraryRole,
  unit: arbitraryUnit,
});

/** These and no others are in the database. */
async function store(
  wanted: readonly (typeof arbitraryApproval extends fc.Arbitrary<infer One> ? One : never)[],
) {
  const rows = wanted.map((one, n) => ({ ...one, id: newId('approval'), run: `${pattern.runId}~${n + 2}` }));
  await withAdmin(opened.databases.adminUrl, async (client) => {
    await client.query('DELETE FROM tenant_acme.approvals WHERE id <> $1', [pattern.id]);
    await client.query(
      `INSERT INTO tenant_acme.approvals
       SELECT (jsonb_populate_record(a, jsonb_build_object('id', r.id, 'run_id', r.run, 'state', r.state,
         'requester_id', r.requester, 'requester_org_unit', r."requesterUnit", 'approver_role', r.role,
         'approver_org_unit', r.unit))).*
       FROM tenant_acme.approvals a, jsonb_to_recordset($1)
         AS r (id text, run text, state text, requester text, "requesterUnit" text, role text, unit text)
       WHERE a.id = $2`,
      [JSON.stringify(rows), pattern.id],
    );
  });
  const stored = await Promise.all(rows.map(({ id }) => opened.stores.approvals.get('acme', id)));
  return stored.filter((one) => one !== undefined);
}

/** As the database lists them, but for the pattern. */
async function listed(person: Actor, state?: ApprovalState): Promise<StoredApproval[]> {
  const filter = { forPerson: person, limit: 1_000, ...(state === undefined ? {} : { state }) };
  const found = await opened.stores.approvals.list('acme', filter);
  return found.filter(({ id }) => id !== pattern.id);
}

const ids = (approvals: readonly StoredApproval[]) => approvals.map(({ id }) => id).toSorted();

function mayVote(approval: StoredApproval, person: Actor): boolean {
  const { id, tenantId, round, requesterId, approvers, digest } = approval;
  const question = { tenantId, approvalId: id, round, requesterId, approvers, items: [], digest };
  const { userId, role, orgUnit } = person;
  const claims = {
    tenantId,
    approvalId: id,
    round,
    choice: 'approve',
    digest,
    userId,
    role,
    orgUnit,
  } as const;
  return voteRefusal(question, { ...claims, voteId: newId('vote'), reasonRef: null, at: '' }) === undefined;
}

describe('approvals, as the database lists them', () => {
  it('are those that the rule in TypeScript shows a person, and the pending ones of others those that they may decide', async () => {
    let seen = 0;
    let hidden = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryApproval, { minLength: 1, maxLength: 40, size: 'max' }),
        fc.array(arbitraryActor, { minLength: 1, maxLength: 8, size: 'max' }),
        async (wanted, people) => {
          const stored = await store(wanted);
          expect(stored).toHaveLength(wanted.length);
          for (const person of people) {
            const visible = stored.filter((approval) => maySee(approval, person));
            expect(ids(await listed(person))).toEqual(ids(visible));
            const pending = await listed(person, 'pending');
            expect(ids(pending.filter(({ requesterId }) => requesterId !== person.userId))).toEqual(
              ids(stored.filter((approval) => approval.state === 'pending' && mayVote(approval, person))),
            );
            seen += visible.length;
            hidden += stored.length - visible.length;
          }
        },
      ),
      { numRuns: 30 },
    );
    expect(seen).toBeGreaterThan(100);
    expect(hidden).toBeGreaterThan(100);
  });
});
