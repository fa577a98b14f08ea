import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { leafHash } from '#transparency/leaf.ts';
import { verifyExport } from '#transparency/verify-export.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { auditEntry } from '../../support/examples.ts';
import { insertOlder } from '../../support/older-entry.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { newSigner } from '../../support/sample-export.ts';
import { signHead } from '../../support/sign-head.ts';
import { wholeExport } from '../../support/whole-export.ts';

const minute = 60_000;
const signer = newSigner('k1');
let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

const sign = (more: Partial<Parameters<typeof signHead>[2]> = {}) =>
  signHead(opened.stores, 'acme', { signer, ...more });
const write = () =>
  opened.stores.ledger.record('acme', { decision: null, entries: [auditEntry()], dedupeKey: null });
const placeOf = (id: string) => opened.stores.tree.placeOf('acme', id);

async function gaps(): Promise<unknown[]> {
  const entries = await entriesOf(opened.stores, 'acme', { actionType: 'administration' });
  return entries.filter(({ event }) => event === 'audit.gap_found').map(({ metadata }) => metadata['ref']);
}

async function found() {
  const bytes: Buffer[] = [];
  for await (const piece of wholeExport(opened.stores, 'acme')) bytes.push(piece);
  const { findings } = await verifyExport({ bytes, trustedKeys: [signer.publicKey] });
  return findings.map(({ kind }) => kind);
}

describe('an entry in the older form, put in by hand', () => {
  it.each([
    ['before anything else', 0],
    ['a quarter of an hour back', -15 * minute],
    ['a month back', -27 * 24 * 60 * minute],
    ['now', 0],
    ['ahead', 5 * minute],
  ])('%s gets no place, and is on record as a gap once', async (_when, byMs) => {
    const entry = auditEntry({ timestamp: new Date(Date.now() + byMs).toISOString() });
    await insertOlder(opened.databases.auditAdminUrl, entry);
    await sign();
    await sign();
    await sign({ wholeEvery: 1 });
    expect(await placeOf(entry.id)).toBeUndefined();
    expect((await gaps()).filter((ref) => ref === entry.id)).toHaveLength(1);
    await write();
    await sign();
    expect(await found()).toEqual([]);
    expect(await opened.stores.gaps.foundSince(new Date(Date.now() - minute).toISOString())).toBeGreaterThan(
      0,
    );
  });

  it('where no newer one is looked for is found within the hour', async () => {
    await sign();
    const entry = auditEntry();
    await insertOlder(opened.databases.auditAdminUrl, entry);
    await withAdmin(opened.databases.auditAdminUrl, async (client) => {
      await client.query('ALTER TABLE ledger.audit_entries DISABLE TRIGGER append_only');
      await client.query('UPDATE ledger.audit_entries SET arrived = NULL WHERE id = $1', [entry.id]);
      await client.query('ALTER TABLE ledger.audit_entries ENABLE ALWAYS TRIGGER append_only');
    });
    await sign();
    expect(await gaps()).not.toContain(entry.id);
    await sign({ wholeEvery: 1 });
    expect(await gaps()).toContain(entry.id);
    expect(await placeOf(entry.id)).toBeUndefined();
  });

  it('is refused by verifiers where somebody gives it a place by hand too', async () => {
    const entry = auditEntry();
    await insertOlder(opened.databases.auditAdminUrl, entry);
    await withAdmin(opened.databases.auditAdminUrl, (client) =>
      client.query(
        `INSERT INTO ledger.tree_leaves (tenant_id, position, entry_id, "timestamp", leaf_hash)
         SELECT 'acme', max(position) + 1, $1, $2, decode($3, 'hex') FROM ledger.tree_leaves WHERE tenant_id = 'acme'`,
        [entry.id, entry.timestamp, leafHash(entry)],
      ),
    );
    await sign();
    expect(await placeOf(entry.id)).toBeDefined();
    expect(await found()).toEqual(['older_form']);
  });

  it('is taken by no function of the ledger', async () => {
    const entry = auditEntry();
    const older = JSON.stringify([{ ...entry, leafHash: leafHash(entry) }]);
    await withAdmin(opened.databases.auditDatabaseUrl, (client) =>
      expect(client.query('SELECT ledger.record($1, NULL, $2, NULL)', ['acme', older])).rejects.toThrow(
        'older form',
      ),
    );
  });
});
