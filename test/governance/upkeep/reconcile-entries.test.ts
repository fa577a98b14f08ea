import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditEntry } from '#domain/audit/audit.ts';
import { createReconcileEntries } from '#governance/upkeep/reconcile-entries.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { readableEntry } from '#stores/audit/open-entries.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { auditEntry } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { erasedWord } from '../../support/sample-export.ts';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

const look = () =>
  createReconcileEntries({ ...opened.stores, now: () => new Date() })('acme').then((gaps) =>
    gaps.map(({ kind, ref }) => `${kind} ${ref}`),
  );

/** What nobody but a superuser can do. */
async function tamper(set: string, id: string): Promise<void> {
  await withAdmin(opened.databases.auditAdminUrl, async (client) => {
    await client.query('ALTER TABLE ledger.audit_entries DISABLE TRIGGER append_only');
    const { rowCount } = await client.query(`UPDATE ledger.audit_entries SET ${set} WHERE id = $1`, [id]);
    await client.query('ALTER TABLE ledger.audit_entries ENABLE ALWAYS TRIGGER append_only');
    expect(rowCount).toBe(1);
  });
}

async function placed(): Promise<string> {
  const entry = auditEntry({ requestId: null, decisionId: null });
  await opened.stores.ledger.record('acme', { decision: null, entries: [entry], dedupeKey: null });
  await opened.stores.tree.place('acme', { wholly: true, limit: 1_000 });
  return entry.id;
}

/** Every column that is shown, and one way to change it. */
const columns: [column: string, value: string][] = [
  ['org_unit', `'elsewhere'`],
  ['action_type', `'administration'`],
  ['event', `'github.issues_read'`],
  ['data_accessed', `'[]'`],
  ['model_used', `'llama'`],
  ['model_tokens', `'{"input":1,"output":1}'`],
  ['data_classification', `'restricted'`],
  ['policy_applied', `'pol_other@1'`],
  ['policy_result', `'deny'`],
  ['policy_reason', `'all is well'`],
  ['outcome', `'unknown'`],
  ['request_id', `'req_other'`],
  ['decision_id', `'dec_other'`],
  ['metadata', `'{"run_id":"another"}'`],
  ['personal', `sha256('x')`],
  ['subject', `'sub_00000000000000000000000000'`],
];

it.each(columns)('an entry whose %s was changed is a gap', async (column, value) => {
  const id = await placed();
  expect((await look()).filter((gap) => gap.includes(id))).toEqual([]);
  await tamper(`${column} = ${value}`, id);
  expect(await look()).toContain(`entry_changed ${id}`);
});

it.each([
  ['emptied', `sealed = ''`],
  ['cut', 'sealed = substr(sealed, 1, 20)'],
  ['changed in one bit', 'sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)'],
  ['that of another entry', 'sealed = (SELECT sealed FROM ledger.audit_entries WHERE id <> $1 LIMIT 1)'],
])('an entry whose sealed part was %s is a gap, and nobody is said to be erased', async (_, set) => {
  await placed();
  const id = await placed();
  await tamper(set, id);
  expect(await look()).toContain(`entry_unreadable ${id}`);
  const [shown] = (await entriesOf(opened.stores, 'acme', {})).filter((entry) => entry.id === id);
  expect(shown?.userId).toMatch(/^unreadable:/);
});

it('a key that was destroyed is no erasure until the log says so, and no more once it says that the key was kept', async () => {
  const entry = auditEntry({ userId: 'gone', requestId: null, decisionId: null });
  const { ledger, subjects, auditExport, tree } = opened.stores;
  await ledger.record('acme', { decision: null, entries: [entry], dedupeKey: null });
  await tree.place('acme', { wholly: true, limit: 1_000 });
  const subject = (await subjects.find('acme', 'gone')) ?? '';
  await subjects.erase('acme', subject);
  const says = async (word: Partial<AuditEntry>) => {
    const event = auditEntry(word);
    await ledger.record('acme', { decision: null, entries: [event], dedupeKey: null });
    await tree.place('acme', { wholly: true, limit: 1_000 });
  };
  const gap = `entry_unreadable ${entry.id}`;
  const nameNow = async () => {
    for await (const piece of auditExport.entries('acme', { filters: {}, from: 0, to: 1_000 })) {
      const found = piece.find(({ leaf }) => leaf.id === entry.id);
      if (found !== undefined) return readableEntry(found).userId;
    }
    return undefined;
  };
  expect(await look()).toContain(gap);
  expect(await nameNow()).toBe(`unreadable:${subject}`);
  // An erasure that was asked for, or denied, is none. One that is about to destroy the key is, for a day.
  const about = { ...erasedWord(subject), outcome: 'intended' } as const;
  await says({ ...about, metadata: { subject } });
  await says({ ...about, outcome: 'denied' });
  await says({ ...about, timestamp: new Date(Date.now() - 25 * 3_600_000).toISOString() });
  expect(await look()).toContain(gap);
  await says({ ...about, timestamp: new Date(Date.now() - 23 * 3_600_000).toISOString() });
  expect(await look()).not.toContain(gap);
  expect(await nameNow()).toBe(`erased:${subject}`);
  await says(erasedWord(subject, 'kept'));
  expect(await look()).toContain(gap);
  await says(erasedWord(subject));
  expect(await look()).not.toContain(gap);

  // A filtered export holds what tells of erasures, so that whoever gets it can tell too.
  const { leaves } = await tree.state('acme');
  const some = { filters: { requestId: 'req_of_nobody' }, from: 0, to: leaves };
  const events = [];
  for await (const piece of auditExport.entries('acme', { ...some, erasures: true })) {
    events.push(...piece.map(({ leaf }) => leaf.event));
  }
  expect(events).toEqual(Array.from({ length: 6 }, () => 'user_data.erased'));
});
