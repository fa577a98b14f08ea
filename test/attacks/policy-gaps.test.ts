import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChangePolicy } from '#governance/policy/change/change.ts';
import { type PolicyGround, planActivation, planCreation } from '#governance/policy/change/plan-change.ts';
import type { RecordEvent } from '#governance/record.ts';
import { createReconcile, type Reconcile } from '#governance/upkeep/reconcile.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { admin } from '../support/cast.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';
import { recordEventIn } from '../support/record-event.ts';

const now = () => new Date();
const hour = 3_600_000;
let opened: TestStores;
let recordEvent: RecordEvent;
let reconcile: Reconcile;
let oldDraft: string;
let inForce: string;

beforeAll(async () => {
  opened = await openTestStores();
  recordEvent = recordEventIn(opened.stores, now);
  const ahead = () => new Date(Date.now() + 2 * hour);
  reconcile = createReconcile({ ...opened.stores, now: ahead, overdueAfterMs: hour });
  // Before anything is planted: afterwards the set is not the one that was signed.
  oldDraft = await create('draft', 'unit-2');
  inForce = await create('active', 'unit-3');
});
afterAll(() => opened?.close());

/** One gateway: what goes on at the same time in another is another of these. */
const gateway = (through: RecordEvent = recordEvent) => {
  const { policies, people, subjects } = opened.stores;
  return createChangePolicy({ policies, people, subjects, recordEvent: through, now });
};

async function create(status: 'draft' | 'active', orgUnit: string): Promise<string> {
  const body = {
    name: 'Actions of a unit',
    domain: 'actions',
    scope: { level: 'org', org_unit: orgUnit },
    status,
    rules: { default_autonomy: 'approve' },
    change_reason: 'first',
  } as const;
  const plan = (ground: PolicyGround) => planCreation(body, ground);
  const newAt = { level: 'org', orgUnit, userId: null } as const;
  return (await gateway()(admin, { target: { newAt }, plan })).policy.id;
}

const activate = (ground: PolicyGround) => planActivation({ change_reason: 'because' }, ground);

const plant = (statement: string, values: unknown[]) =>
  withAdmin(opened.databases.adminUrl, async (client) => {
    await client.query("SET session_replication_role = 'replica'");
    expect((await client.query(statement, values)).rowCount).toBe(1);
  });

const killOpenTransactions = () =>
  withAdmin(opened.databases.adminUrl, (client) =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()`,
    ),
  );

const told = async () => (await reconcile('acme')).map(({ kind, ref }) => `${kind} ${ref}`);

describe('the reconciler of policies', () => {
  it('takes a change of another gateway for recorded, though the same one failed here meanwhile', async () => {
    const policyId = await create('draft', 'unit-1');
    // The commit fails here; before that is on record, the other gateway does the same (the caller tried again).
    const through: RecordEvent = async (actor, entry) => {
      if (entry.outcome === 'error') await gateway()(admin, { target: { policyId }, plan: activate });
      await recordEvent(actor, entry);
      if (entry.outcome === 'success') await killOpenTransactions();
    };
    await expect(gateway(through)(admin, { target: { policyId }, plan: activate })).rejects.toThrow();
    expect(await opened.stores.policies.versions('acme', policyId)).toMatchObject([{ status: 'active' }]);
    expect(await told()).toEqual([]);
  });

  it('finds a draft of three weeks ago that was put in force now, of which no entry tells', async () => {
    await plant(
      `UPDATE tenant_acme.policies SET created_at = now() - interval '21 days', status = 'active' WHERE id = $1`,
      [oldDraft],
    );
    expect(await told()).toEqual([`policy_without_entry ${oldDraft}@1`]);
  });

  it('finds a policy that ended now, of which no entry tells', async () => {
    await plant(`UPDATE tenant_acme.policies SET status = 'deprecated' WHERE id = $1`, [inForce]);
    expect(await told()).toEqual([`policy_without_entry ${inForce}@1`]);
  });

  it('finds a gap of today, though five hundred of this week are on record', async () => {
    const missing = (n: number) =>
      recordEvent(admin, {
        event: 'policy.created',
        detail: `lost ${n}`,
        outcome: 'success',
        metadata: { policy_id: 'pol_lost', version: n, status: 'active' },
      });
    for (let n = 1; n <= 500; n += 1) await missing(n);
    expect(await told()).toHaveLength(500);
    await missing(501);
    expect(await told()).toHaveLength(1);
  });
});
