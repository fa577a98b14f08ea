import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addMissingPolicies } from '#governance/policy/change/add-missing-policies.ts';
import { createChangePolicy } from '#governance/policy/change/change.ts';
import { planCanary, planCanaryEnd } from '#governance/policy/change/plan-canary.ts';
import {
  type PlannedPolicyChange,
  type PolicyGround,
  planActivation,
  planCreation,
  planDeprecation,
  planRollback,
  planUpdate,
} from '#governance/policy/change/plan-change.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import type { RecordEvent } from '#governance/record.ts';
import { createReconcile, type Reconcile } from '#governance/upkeep/reconcile.ts';
import { createReconcilePolicies } from '#governance/upkeep/reconcile-policies.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import type { Gap } from '#stores/audit/gap.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { admin } from '../../support/cast.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { recordEventIn } from '../../support/record-event.ts';

const now = () => new Date();
const hour = 3_600_000;
let opened: TestStores;
let recordEvent: RecordEvent;
let reconcile: Reconcile;

beforeAll(async () => {
  opened = await openTestStores();
  const { stores } = opened;
  recordEvent = recordEventIn(stores, now);
  reconcile = reconcilerAt(2 * hour);
  await addMissingPolicies({ ...stores, recordEvent, tenantId: 'acme', now, make: shippedPolicies });
});
afterAll(() => opened?.close());

/** With a clock that is so far ahead; what is younger than an hour is still under way. */
function reconcilerAt(aheadMs: number): Reconcile {
  const ahead = () => new Date(Date.now() + aheadMs);
  return createReconcile({ ...opened.stores, now: ahead, overdueAfterMs: hour });
}

/** What a round finds before it leaves out, on writing, what is on record. */
function found(): Promise<readonly Gap[]> {
  const at = Date.now();
  const span = { after: new Date(at - 192 * hour).toISOString(), before: new Date(at + hour).toISOString() };
  return createReconcilePolicies(opened.stores.gaps)('acme', span, 500);
}

const told = (gaps: readonly Gap[]) => gaps.map(({ kind, ref }) => `${kind} ${ref}`).toSorted();

type Plan = (ground: PolicyGround) => PlannedPolicyChange | undefined;

/** Where nobody else is, so that each test has its own. */
let places = 0;
const creation = (status: 'draft' | 'active'): { newAt: PolicyPlace; plan: Plan } => {
  places += 1;
  const orgUnit = `unit-${places}`;
  const body = {
    name: 'Actions of a unit',
    domain: 'actions',
    scope: { level: 'org', org_unit: orgUnit },
    status,
    rules: { default_autonomy: 'approve' },
    change_reason: 'first',
  };
  return {
    newAt: { level: 'org', orgUnit, userId: null },
    plan: (ground) => planCreation(body, ground),
  };
};
interface PolicyPlace {
  level: 'org';
  orgUnit: string;
  userId: null;
}

async function create(status: 'draft' | 'active', through = recordEvent): Promise<string> {
  const { newAt, plan } = creation(status);
  return change({ newAt }, plan, through);
}

async function change(
  target: { policyId: string } | { newAt: PolicyPlace },
  plan: Plan,
  through = recordEvent,
): Promise<string> {
  const { policies, people, subjects } = opened.stores;
  const changePolicy = createChangePolicy({ policies, people, subjects, recordEvent: through, now });
  return (await changePolicy(admin, { target, plan })).policy.id;
}

const why = { change_reason: 'because' };

/** The main database drops the change when its entry stands, and nothing more can be put on record. */
function dyingRecord(): RecordEvent {
  let isDead = false;
  return async (...entry) => {
    if (isDead) throw new Error('this process is dead');
    isDead = true;
    await recordEvent(...entry);
    await killOpenTransactions();
  };
}

async function entries(event: string) {
  const entries = await entriesOf(opened.stores, 'acme');
  return entries.filter((entry) => entry.event === event);
}

async function newestEntry(event: string): Promise<string> {
  const [entry] = await entries(event);
  if (entry === undefined) throw new Error(`no ${event}`);
  return entry.id;
}

/** What the login of the processes can't do. */
const plant = (statement: string, values: unknown[]) =>
  withAdmin(opened.databases.adminUrl, async (client) => {
    await client.query("SET session_replication_role = 'replica'");
    expect((await client.query(statement, values)).rowCount).toBe(1);
  });

describe('policies and their record', () => {
  it('are at one where everything happened that was said', async () => {
    const policyId = await create('draft');
    await change({ policyId }, (ground) => planCanary({ user_ids: ['ada'], ...why }, ground));
    await change({ policyId }, (ground) => planCanaryEnd(why, ground));
    await change({ policyId }, (ground) => planCanary({ user_ids: ['ben'], ...why }, ground));
    await change({ policyId }, (ground) => planActivation(why, ground));
    const rules = { default_autonomy: 'block' };
    await change({ policyId }, (ground) => planUpdate({ rules, ...why }, ground));
    await change({ policyId }, (ground) => planUpdate({ name: 'Next', status: 'draft', ...why }, ground));
    await change({ policyId }, (ground) => planRollback({ to_version: 1, ...why }, ground));
    await change({ policyId }, (ground) => planDeprecation(why, ground));
    await create('active');
    expect(told(await reconcile('acme'))).toEqual([]);
  });

  it('differ when the database died between the entry and the change, which is told once', async () => {
    await expect(create('active', dyingRecord())).rejects.toThrow();
    const created = await newestEntry('policy.created');
    expect(told(await reconcilerAt(0)('acme'))).toEqual([]);
    expect(told(await reconcile('acme'))).toEqual([`entry_without_policy_change ${created}`]);
    expect(told(await reconcile('acme'))).toEqual([]);
    expect((await entries('audit.gap_found'))[0]?.metadata).toMatchObject({
      kind: 'entry_without_policy_change',
      ref: created,
    });
  });

  it.each<[string, Plan, string]>([
    ['come in force', (ground) => planActivation(why, ground), 'policy.activated'],
    ['end', (ground) => planDeprecation(why, ground), 'policy.deprecated'],
    ['get a version', (ground) => planUpdate({ name: 'Next', ...why }, ground), 'policy.updated'],
    [
      'hold for some first',
      (ground) => planCanary({ user_ids: ['ada'], ...why }, ground),
      'policy.canary_started',
    ],
  ])('differ when a policy was to %s and the database died', async (_what, plan, event) => {
    const policyId = await create('draft');
    await expect(change({ policyId }, plan, dyingRecord())).rejects.toThrow();
    expect(told(await reconcile('acme'))).toEqual([
      `entry_without_policy_change ${await newestEntry(event)}`,
    ]);
  });

  it('differ when another change took the version that the lost one would have had', async () => {
    const policyId = await create('draft');
    const lost = (ground: PolicyGround) => planUpdate({ name: 'Lost', ...why }, ground);
    await expect(change({ policyId }, lost, dyingRecord())).rejects.toThrow();
    const entry = await newestEntry('policy.updated');
    await change({ policyId }, (ground) => planUpdate({ name: 'Other', ...why }, ground));
    expect(told(await reconcile('acme'))).toEqual([`entry_without_policy_change ${entry}`]);
  });

  it('are at one when the same change was made after all', async () => {
    const policyId = await create('draft');
    const plan = (ground: PolicyGround) => planActivation(why, ground);
    await expect(change({ policyId }, plan, dyingRecord())).rejects.toThrow();
    await change({ policyId }, plan);
    expect(told(await reconcile('acme'))).toEqual([]);
  });

  it('are at one when a second entry said that nothing happened', async () => {
    let calls = 0;
    const through: RecordEvent = async (...entry) => {
      calls += 1;
      await recordEvent(...entry);
      if (calls === 1) await killOpenTransactions();
    };
    await expect(create('active', through)).rejects.toThrow();
    expect(calls).toBe(2);
    expect(told(await reconcile('acme'))).toEqual([]);
  });

  it('differ when a version ended, whenever it was made, that neither was ended nor followed by another', async () => {
    const policyId = await create('active');
    await change({ policyId }, (ground) => planUpdate({ name: 'Next', status: 'draft', ...why }, ground));
    await change({ policyId }, (ground) => planUpdate({ name: 'Last', status: 'draft', ...why }, ground));
    await change({ policyId }, (ground) => planActivation({ version: 2, ...why }, ground));
    expect(told(await reconcile('acme'))).toEqual([]);
    await plant(
      `UPDATE tenant_acme.policies SET status = 'deprecated', created_at = now() - interval '20 days'
       WHERE id = $1 AND version = 3`,
      [policyId],
    );
    expect(told(await reconcile('acme'))).toEqual([`policy_without_entry ${policyId}@3`]);
  });

  it('differ in whom a draft holds for once, and that is no other gap an hour later', async () => {
    const policyId = await create('draft');
    await change({ policyId }, (ground) => planCanary({ user_ids: ['ada'], ...why }, ground));
    await change({ policyId }, (ground) => planUpdate({ name: 'Next', ...why }, ground));
    await change({ policyId }, (ground) => planCanary({ version: 2, user_ids: ['ada'], ...why }, ground));
    expect(told(await reconcile('acme'))).toEqual([]);
    await plant('DELETE FROM tenant_acme.policy_canaries WHERE policy_id = $1', [policyId]);
    const entry = await newestEntry('policy.canary_started');
    expect(told(await reconcile('acme'))).toEqual([`entry_without_policy_change ${entry}`]);
    expect(await reconcile('acme')).toEqual([]);
    expect(await found()).toEqual([]);
  });

  it('differ when a policy stands, or is in force, and no entry tells of it', async () => {
    const policyId = await create('draft');
    await plant(
      `INSERT INTO tenant_acme.policies SELECT id, 2, name, domain, level, org_unit, user_id, status, rules, may_grant,
         change_reason, created_by, created_at FROM tenant_acme.policies WHERE id = $1`,
      [policyId],
    );
    await plant(`UPDATE tenant_acme.policies SET status = 'active' WHERE id = $1 AND version = 1`, [
      policyId,
    ]);
    expect(told(await reconcilerAt(0)('acme'))).toEqual([`policy_unproven ${policyId}@2`]);
    const found = [`policy_without_entry ${policyId}@1`, `policy_without_entry ${policyId}@2`];
    expect(told(await reconcile('acme'))).toEqual(found);
    expect(told(await reconcile('acme'))).toEqual([]);
  });

  it('are not compared where the entry may be in a month that was dropped', async () => {
    const policyId = await create('draft');
    await plant(
      `UPDATE tenant_acme.policies SET status = 'active', created_at = now() - interval '3 months' WHERE id = $1`,
      [policyId],
    );
    // Nobody signed that it is that old.
    expect(told(await reconcile('acme'))).toEqual([`policy_unproven ${policyId}@1`]);
  });

  it('are not compared with those of another tenant', async () => {
    expect(told(await reconcile('globex'))).toEqual([]);
  });
});

async function killOpenTransactions(): Promise<void> {
  await withAdmin(opened.databases.adminUrl, (client) =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()`,
    ),
  );
}
