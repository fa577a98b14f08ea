import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Policy } from '#domain/policy/policy.ts';
import { addMissingPolicies } from '#governance/policy/change/add-missing-policies.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import type { Ledger } from '#stores/audit/ledger.ts';
import { openStores, type Stores } from '#stores/open-stores.ts';
import { entriesOf } from '../../../support/audit-entries.ts';
import { freshEnvelope } from '../../../support/key-ring.ts';
import { openTestStores, type TestStores } from '../../../support/open-test-stores.ts';
import { recordEventIn } from '../../../support/record-event.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

const now = () => new Date();
const given = ({ policies, ledger }: Pick<Stores, 'policies' | 'ledger'>, tenantId = 'acme') => ({
  policies,
  recordEvent: recordEventIn({ ledger }, now),
  tenantId,
  now,
  make: shippedPolicies,
});
const give = () => addMissingPolicies(given(opened.stores));
const current = () => opened.stores.policies.list('acme', {});
const inWords = ({ domain, version, status }: Policy) => `${domain} ${version} ${status}`;

it('gives what a tenant lacks, and leaves alone what it decided itself', async () => {
  const shipped = shippedPolicies({ by: 'openclaw-setup', at: now() });
  const [first, second] = shipped;
  if (first === undefined || second === undefined) throw new Error('several policies are shipped');
  // One was given before the rest got lost; another was changed and then ended by the tenant.
  await opened.stores.policies.insert('acme', first);
  await opened.stores.policies.insert('acme', { ...second, status: 'draft' });
  const { revision } = await opened.stores.policies.active('acme');
  const ended = await opened.stores.policies.change(
    'acme',
    { policyId: second.id, deprecate: [1], insert: null, activate: null },
    { seen: { revision, versions: [{ version: 1, status: 'draft' }] }, beforeCommit: async () => {} },
  );
  expect(ended).toBe(true);

  await give();
  const after = await current();
  expect(after.map(inWords).toSorted()).toEqual(
    shipped
      .map(({ domain }) => `${domain} 1 ${domain === second.domain ? 'deprecated' : 'active'}`)
      .toSorted(),
  );
  expect(after.map(({ id }) => id)).toContain(first.id);
  await give();
  expect(await current()).toEqual(after);
});

async function created(stores: Stores, tenantId: string) {
  const entries = await entriesOf(stores, tenantId);
  return entries.filter(({ event }) => event === 'policy.created');
}

it('gives each policy once, on record, when two processes do so at the same time', async () => {
  const { databases, signing } = opened;
  const envelope = freshEnvelope();
  const open = () =>
    openStores({
      database: { url: databases.databaseUrl },
      audit: { url: databases.auditDatabaseUrl },
      envelope,
      policySigning: signing,
    });
  const [one, other] = [open(), open()];
  const setUp = (stores: Stores) => addMissingPolicies(given(stores, 'globex'));
  try {
    await Promise.all([setUp(one), setUp(other)]);
    const stored = (await one.policies.list('globex', {})).map(({ id }) => id);
    expect(stored).toHaveLength(shippedPolicies({ by: 'openclaw-setup', at: now() }).length);
    const entries = await created(one, 'globex');
    expect(entries.map(({ metadata }) => metadata['policy_id']).toSorted()).toEqual(stored.toSorted());
    expect(entries.filter(({ outcome }) => outcome !== 'success')).toEqual([]);
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
});

it('says so when nothing came of an entry', async () => {
  const { stores, databases } = opened;
  const [lost] = shippedPolicies({ by: 'openclaw-setup', at: now() });
  if (lost === undefined) throw new Error('policies are shipped');
  const elsewhere: Policy = { ...lost, scope: { level: 'org', orgUnit: 'lost', userId: null } };
  let records = 0;
  const record: Ledger['record'] = async (...given) => {
    const done = await stores.ledger.record(...given);
    records += 1;
    if (records === 1) {
      await withAdmin(databases.adminUrl, (client) =>
        client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()`,
        ),
      );
    }
    return done;
  };
  const ledger = { ...stores.ledger, record };
  const giving = addMissingPolicies({ ...given({ ...stores, ledger }), make: () => [elsewhere] });
  await expect(giving).rejects.toThrow();
  const entries = (await created(stores, 'acme')).filter(({ metadata }) => metadata['policy_id'] === lost.id);
  expect(entries.map(({ outcome }) => outcome).toSorted()).toEqual(['error', 'success']);
  const tries = new Set(entries.map(({ metadata }) => metadata['change_id']));
  expect([...tries]).toEqual([expect.stringMatching(/^chg_/)]);
});
