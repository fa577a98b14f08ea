import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createReconcile } from '#governance/upkeep/reconcile.ts';
import { createReconcileEntries } from '#governance/upkeep/reconcile-entries.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { createDatabase, type Database } from '#platform/database/pool.ts';
import { newId } from '#platform/new-id.ts';
import { entryKind } from '#stores/audit/entry-proof.ts';
import type { TenantProofs } from '#stores/key/row-proofs.ts';
import { canonicalOf } from '#transparency/json-of.ts';
import { leafHashOfText, setApart } from '#transparency/leaf.ts';
import { auditEntry } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { newSigner } from '../../support/sample-export.ts';
import { signHead } from '../../support/sign-head.ts';
import { loginAsTenant } from '../../support/tenant-login.ts';

let opened: TestStores;
/** What whoever has the runtime login can call. */
let pool: Database;
let victim = '';
let proofs: TenantProofs;
beforeAll(async () => {
  opened = await openTestStores();
  pool = createDatabase(opened.databases.auditDatabaseUrl, {});
});
afterAll(async () => {
  await pool?.close();
  await opened?.close();
});

const now = () => new Date();
const place = () => opened.stores.tree.place('acme', { wholly: true, limit: 100_000 });
const look = async (more: { window?: number; now?: () => Date } = {}) =>
  (await createReconcileEntries({ ...opened.stores, now, ...more })('acme')).map(
    ({ kind, ref }) => `${kind} ${ref}`,
  );

async function tamper(set: string, id: string): Promise<void> {
  await withAdmin(opened.databases.auditAdminUrl, async (client) => {
    await client.query('ALTER TABLE ledger.audit_entries DISABLE TRIGGER append_only');
    await client.query(`UPDATE ledger.audit_entries SET ${set} WHERE id = $1`, [id]);
    await client.query('ALTER TABLE ledger.audit_entries ENABLE ALWAYS TRIGGER append_only');
  });
}

async function written(): Promise<string> {
  const entry = auditEntry({ requestId: null, decisionId: null });
  await opened.stores.ledger.record('acme', { decision: null, entries: [entry], dedupeKey: null });
  return entry.id;
}

/** Writes an entry as JSON text, by the ledger's own functions and past everything else of ours. */
async function write(text: string): Promise<'written' | 'refused'> {
  try {
    await pool.query('SELECT ledger.record($1, NULL, $2, NULL)', ['acme', `[${text}]`]);
    return 'written';
  } catch {
    return 'refused';
  }
}

/** The text of an entry with its right leaf and the proof of it, as only a process of ours could write it, then changed. */
function entryText(overrides: object = {}, change = (text: string) => text): string {
  const { leaf } = setApart(auditEntry({ requestId: null, decisionId: null }), newId('subject'));
  const whole = { ...leaf, ...overrides };
  const leafHash = leafHashOfText(canonicalOf(whole) ?? '');
  const { id, timestamp } = whole;
  const proof = Buffer.from(proofs.prove(entryKind, { id, timestamp, leafHash })).toString('base64');
  return change(JSON.stringify({ ...whole, sealed: '', leafHash, proof }));
}

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const metadata = (json: string) => (text: string) => text.replace('"run_id":"req_1/1"', `"run_id":${json}`);

describe('somebody with the runtime login of the database', () => {
  // An entry that a superuser changes afterwards: whatever else there is, the next look tells of it.
  beforeEach(async () => {
    proofs = await opened.stores.rowProofs.of('acme');
    victim = await written();
    await place();
  });
  const found = async () => {
    await tamper(`policy_reason = 'all is well'`, victim);
    expect(await look()).toContain(`entry_changed ${victim}`);
    await tamper(`policy_reason = 'because „ja“ 🎈'`, victim);
  };

  it.each<[string, () => string, 'written' | 'refused']>([
    ['a number beyond every double', () => entryText({}, metadata('1e400')), 'refused'],
    ['a number below every double', () => entryText({}, metadata('1e-400')), 'written'],
    ['a number that a double rounds', () => entryText({}, metadata('9007199254740993')), 'written'],
    ['twenty levels', () => entryText({}, metadata(nested(20))), 'refused'],
    ['a hundred levels', () => entryText({}, metadata(nested(100))), 'refused'],
    ['five thousand levels', () => entryText({}, metadata(nested(5_000))), 'refused'],
    ['two megabytes of text', () => entryText({ policyReason: 'x'.repeat(2_000_000) }), 'refused'],
    ['an id of any length', () => entryText({ id: `aud_${'0'.repeat(2_000)}` }), 'refused'],
    ['an id with a line of its own', () => entryText({ id: 'aud_1\nall is well' }), 'refused'],
    ['a subject of any form', () => entryText({ subject: 'somebody' }), 'refused'],
    ['NUL', () => entryText({}, metadata('"\\u0000"')), 'refused'],
    ['half of a pair', () => entryText({}, metadata('"\\ud800"')), 'refused'],
    [
      'characters that are none',
      () => entryText({ policyReason: '\uffff\ufeff\u2028\u0001\u007f' }),
      'written',
    ],
    ['an outcome that there is not', () => entryText({ outcome: 'fine' }), 'refused'],
    ['an action type that there is not', () => entryText({ actionType: 'miracle', event: '' }), 'refused'],
    ['a name that objects have', () => entryText({}, metadata('1,"__proto__":1,"toString":2')), 'written'],
    ['a list for metadata', () => entryText({ metadata: [] }), 'refused'],
    ['nothing for a policy', () => entryText({ policyApplied: null }), 'refused'],
    ['another leaf', () => entryText({}, (text) => text.replace('"event":"', '"event":"x')), 'written'],
    ['another tenant', () => entryText({ tenantId: 'globex' }), 'refused'],
    ['a month to come', () => entryText({ timestamp: inMonths(3) }), 'written'],
    ['no month at all', () => entryText({ timestamp: '0001-01-01T00:00:00.000Z' }), 'refused'],
    ['the id of an entry that is there', () => entryText({ id: victim }), 'refused'],
  ])('keeps nobody from looking by an entry with %s', async (_what, text, expected) => {
    expect(await write(text())).toBe(expected);
    await place();
    await found();
  });

  it('is told of with each entry that nothing opens, or that is another than was hashed', async () => {
    const id = newId('audit');
    expect(await write(entryText({ id }))).toBe('written');
    const other = newId('audit');
    await write(
      entryText({ id: other }, (text) => text.replace('"outcome":"intended"', '"outcome":"success"')),
    );
    await place();
    const gaps = await look();
    expect(gaps).toContain(`entry_unreadable ${id}`);
    expect(gaps).toContain(`entry_changed ${other}`);
  });

  it('keeps nobody from looking by a key that is none', async () => {
    const subject = newId('subject');
    const login = await loginAsTenant(opened.databases.databaseUrl, 'acme');
    try {
      await login.query(
        `INSERT INTO subjects (subject, user_id, sealed_key) VALUES ($1, 'made up', '\\x0102')`,
        [subject],
      );
    } finally {
      await login.end();
    }
    const id = newId('audit');
    await write(entryText({ id, subject }));
    await place();
    expect(await look()).toContain(`entry_unreadable ${id}`);
    await found();
  });

  it('takes nothing off the list by a gap that no entry tells of', async () => {
    const call = (entry: string) =>
      pool.query('SELECT ledger.record_gap($1, $2, $3, $4)', ['acme', 'entry_changed', victim, entry]);
    await expect(call(entryText())).rejects.toThrow('does not tell of this gap');
    const another = { event: 'audit.gap_found', metadata: { kind: 'entry_changed', ref: newId('audit') } };
    await expect(call(entryText(another))).rejects.toThrow('does not tell of this gap');
    await found();
  });

  it('takes nothing out of sight by an old month that is made, written to and dropped', async () => {
    await pool.query('SELECT ledger.make_partitions(19, 12)', []);
    await write(entryText({ timestamp: inMonths(-19) }));
    await signHead(opened.stores, 'acme', { signer });
    const dropped = await opened.stores.retention.dropMonth(inMonths(-19).slice(0, 7), 366);
    const { expiredLeaves, leaves } = await opened.stores.tree.state('acme');
    expect([dropped, expiredLeaves]).toEqual(['dropped', leaves]);
    await found();
  });
});

const signer = newSigner('k1');

function inMonths(months: number): string {
  const at = new Date();
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 15)).toISOString();
}

describe('whatever a superuser makes of an entry', () => {
  it.each([
    ['a text of 34 megabytes', `policy_reason = repeat('x', 34000000)`],
    [
      'three thousand levels',
      `metadata = jsonb_build_object('a', (repeat('[', 3000) || repeat(']', 3000))::jsonb)`,
    ],
    ['a number beyond every double', `metadata = '{"a": 1e400}'`],
  ])('with %s it is told of, and so are the others', async (_what, set) => {
    const [id, other] = [await written(), await written()];
    await place();
    await tamper(set, id);
    await tamper(`policy_reason = 'all is well'`, other);
    const gaps = await look();
    expect(gaps).toContain(`entry_changed ${id}`);
    expect(gaps).toContain(`entry_changed ${other}`);
    await tamper(`policy_reason = '', metadata = '{}'`, id);
  });

  it('is found in its turn, however far back it is, and each once', async () => {
    const reconcile = createReconcile({ ...opened.stores, now, overdueAfterMs: 0 });
    await reconcile('acme');
    const ids: string[] = [];
    for (let n = 0; n < 60; n += 1) ids.push(await written());
    await place();
    for (const id of ids) await tamper(`policy_reason = 'all is well'`, id);
    const { leaves } = await opened.stores.tree.state('acme');
    const window = 10;
    const seen = new Set<string>();
    for (let hour = 0; hour <= Math.ceil(leaves / window); hour += 1) {
      const gaps = await look({ window, now: () => new Date(Date.now() + hour * 3_600_000) });
      for (const gap of gaps) seen.add(gap);
    }
    expect(ids.filter((id) => !seen.has(`entry_changed ${id}`))).toEqual([]);
    const told = (await reconcile('acme')).map(({ ref }) => ref);
    expect(ids.filter((id) => !told.includes(id))).toEqual([]);
    expect(await look()).toEqual([]);
  });

  it('stays apart from what one look can not compare, which keeps no other from being told', async () => {
    const id = await written();
    await place();
    await tamper(`policy_reason = 'all is well'`, id);
    const broken = { ...opened.stores.gaps, inRequests: () => Promise.reject(new Error('away')) };
    const reconcile = createReconcile({ ...opened.stores, gaps: broken, now, overdueAfterMs: 0 });
    await expect(reconcile('acme')).rejects.toThrow('could not be compared');
    expect(await opened.stores.gaps.unrecorded('acme', [{ kind: 'entry_changed', ref: id }])).toEqual([]);
  });
});

describe('somebody with the runtime login of the database and much time', () => {
  it('keeps nobody from looking by many entries that are as large as they may be', async () => {
    const large = 'y'.repeat(1_000_000);
    for (let n = 0; n < 36; n += 1) expect(await write(entryText({ policyReason: large }))).toBe('written');
    await place();
    const id = await written();
    await place();
    await tamper(`policy_reason = 'all is well'`, id);
    expect(await look()).toContain(`entry_changed ${id}`);
  });
});
