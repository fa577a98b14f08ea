import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addMissingPolicies } from '#governance/policy/change/add-missing-policies.ts';
import { createChangePolicy } from '#governance/policy/change/change.ts';
import {
  type PolicyGround,
  planCreation,
  planDeprecation,
  planUpdate,
} from '#governance/policy/change/plan-change.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { signOlderVersionsOfAll } from '#governance/policy/change/sign-older-versions.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { admin } from '../../support/cast.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { recordEventIn } from '../../support/record-event.ts';
import { loginAsTenant } from '../../support/tenant-login.ts';

const now = () => new Date();
let opened: TestStores;
let change: ReturnType<typeof createChangePolicy>;
let ended: string;
let living: string;

beforeAll(async () => {
  opened = await openTestStores();
  const { stores } = opened;
  const recordEvent = recordEventIn(stores, now);
  change = createChangePolicy({ ...stores, recordEvent, now });
  await addMissingPolicies({ ...stores, recordEvent, tenantId: 'acme', now, make: shippedPolicies });
  ended = await create('engineering/ended');
  await change(admin, {
    target: { policyId: ended },
    plan: (ground) => planDeprecation({ change_reason: 'over' }, ground),
  });
  living = await create('engineering/living');
  await asOfTheReleaseBefore();
});
afterAll(() => opened?.close());

async function create(orgUnit: string): Promise<string> {
  const body = {
    name: 'Actions of a team',
    domain: 'actions',
    scope: { level: 'team', org_unit: orgUnit },
    status: 'active',
    rules: { default_autonomy: 'approve' },
    change_reason: 'first',
  };
  const plan = (ground: PolicyGround) => planCreation(body, ground);
  const newAt = { level: 'team', orgUnit, userId: null } as const;
  return (await change(admin, { target: { newAt }, plan })).policy.id;
}

const edit = (policyId: string) =>
  change(admin, {
    target: { policyId },
    plan: (ground) => planUpdate({ name: 'Edited', change_reason: 'as every day' }, ground),
  });

const asSuperuser = (...statements: readonly string[]) =>
  withAdmin(opened.databases.adminUrl, async (client) => {
    await client.query("SET session_replication_role = 'replica'");
    await client.query('SET search_path = tenant_acme');
    for (const statement of statements) await client.query(statement);
  });

/** What a database holds whose migration has just run. */
const asOfTheReleaseBefore = () =>
  asSuperuser(
    'UPDATE policies SET key_id = NULL, signature = NULL',
    'DELETE FROM policy_ends',
    'UPDATE policy_revision SET versions_signed_at = NULL',
    `UPDATE policy_settings SET change_review = 'widening'`,
  );

const sign = () =>
  signOlderVersionsOfAll({ ...opened.stores, recordEvent: recordEventIn(opened.stores, now) });

const told = async () =>
  (await entriesOf(opened.stores, 'acme', { actionType: 'policy_change' })).filter(
    ({ event }) => event === 'policy.versions_signed',
  );

describe('versions from before there were proofs', () => {
  it('get theirs once, at a position of the log, also where somebody had put in a wrong one', async () => {
    const { policies, policySettings } = opened.stores;
    const before = await policies.unproven('acme');
    // What the signed set vouches for holds all the while.
    expect(before).toEqual([`${ended}@1`]);
    const login = await loginAsTenant(opened.databases.databaseUrl, 'acme');
    await login.query(`UPDATE policies SET key_id = 'vote-1', signature = 'x' WHERE id = $1`, [ended]);
    await sign();
    expect(await policies.unproven('acme')).toEqual([]);
    expect(await policySettings.read('acme')).toEqual({ changeReview: 'widening' });
    expect(await told()).toMatchObject([{ metadata: { versions: 9, digest: expect.any(String) } }]);
    await expect(edit(ended)).rejects.toMatchObject({ code: 'POLICY_DEPRECATED' });
    await login.query(
      `INSERT INTO policies (id, version, status, name, domain, level, org_unit, rules, change_reason, created_by, created_at)
       SELECT id, 2, 'draft', name, domain, level, org_unit, rules, change_reason, created_by, '2020-01-01' FROM policies
       WHERE id = $1`,
      [living],
    );
    await login.end();
    await sign();
    expect(await policies.unproven('acme')).toEqual([`${living}@2`]);
    expect(await told()).toHaveLength(1);
  });

  it('of a gateway of the release before that are in force have the signed set’s word, and get their own', async () => {
    const { policies } = opened.stores;
    await asSuperuser(
      `UPDATE policies SET key_id = NULL, signature = NULL WHERE id = '${living}' AND version = 1`,
    );
    const proven = async () =>
      (await policies.versions('acme', living))
        .filter(({ unproven }) => !unproven)
        .map(({ version }) => version);
    expect(await proven()).toEqual([1]);
    expect((await edit(living)).policy).toMatchObject({ version: 3, basedOn: 1, status: 'active' });
    expect(await proven()).toEqual([1, 3]);
  });
});
