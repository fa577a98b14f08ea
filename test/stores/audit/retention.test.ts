import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import { auditEntry } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const monthsAgo = (months: number) => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 15));
};
const nameOf = (at: Date) => at.toISOString().slice(0, 7);

async function admin<Row extends object>(statement: string, values: unknown[] = []): Promise<Row[]> {
  return withAdmin(
    opened.databases.auditAdminUrl,
    async (client) => (await client.query(statement, values)).rows,
  );
}

/** Gives every entry a place and the tree of its tenant a head, as the checkpoint does. */
async function coverAll(): Promise<void> {
  await admin(`INSERT INTO ledger.tree_leaves (tenant_id, position, entry_id, "timestamp", leaf_hash)
    SELECT tenant_id, (SELECT count(*) FROM ledger.tree_leaves l WHERE l.tenant_id = e.tenant_id)
      + row_number() OVER (PARTITION BY tenant_id ORDER BY "timestamp", id) - 1, id, "timestamp", leaf_hash
    FROM ledger.audit_entries e WHERE NOT EXISTS (SELECT FROM ledger.tree_leaves l WHERE l.entry_id = e.id)`);
  await admin(`INSERT INTO ledger.tree_heads (tenant_id, n, size, root_hash, at, previous, key_id, signature)
    SELECT tenant_id, 1 + (SELECT count(*) FROM ledger.tree_heads h WHERE h.tenant_id = l.tenant_id),
      count(*), sha256('root'), now(), NULL, 'k', 's' FROM ledger.tree_leaves l GROUP BY tenant_id`);
}

/** A month of its own for each test, with an entry of each tenant. */
let back = 13;
let month = '';
beforeEach(async () => {
  back += 1;
  const at = monthsAgo(back);
  month = nameOf(at);
  await admin('SELECT ledger.make_partitions($1, 12)', [back]);
  for (const tenantId of ['acme', 'globex']) {
    const entries = [auditEntry({ tenantId, timestamp: at.toISOString(), userId: `old-${back}` })];
    await opened.stores.ledger.record(tenantId, { decision: null, entries, dedupeKey: null });
  }
});

describe('a month of entries past its retention', () => {
  it('stays until a signed head covers each of its entries, and then goes with its leaves kept', async () => {
    const { retention } = opened.stores;
    expect(await retention.expiredMonths(365)).toContain(month);
    expect(await retention.dropMonth(month, 365)).toBe('not_covered');
    await coverAll();
    const leaves = async () =>
      (await admin<{ n: number }>('SELECT count(*)::int AS n FROM ledger.tree_leaves'))[0]?.n;
    const before = await leaves();
    expect(await retention.dropMonth(month, 365)).toBe('dropped');
    expect(await leaves()).toBe(before);
    expect(await retention.dropMonth(month, 365)).toBe('absent');
    expect(await retention.expiredMonths(365)).not.toContain(month);
  });

  it('is not covered by a head whose leaf is another one', async () => {
    await admin(`INSERT INTO ledger.tree_leaves (tenant_id, position, entry_id, "timestamp", leaf_hash)
      SELECT tenant_id, 1000000, id, "timestamp", sha256('other') FROM ledger.audit_entries
      WHERE to_char("timestamp" AT TIME ZONE 'UTC', 'YYYY-MM') = '${month}' AND tenant_id = 'globex'`);
    await coverAll();
    expect(await opened.stores.retention.dropMonth(month, 365)).toBe('not_covered');
  });

  it('keeps its wall when it stays', async () => {
    await opened.stores.retention.dropMonth(month, 365);
    const [table] = await admin<{ forced: boolean }>(
      `SELECT relforcerowsecurity AS forced FROM pg_class WHERE relname = 'audit_entries_' || replace($1, '-', '_')`,
      [month],
    );
    expect(table).toEqual({ forced: true });
  });

  it('is held by a hold that touches it, of whichever tenant, until that is released', async () => {
    await coverAll();
    const { retention, legalHolds } = opened.stores;
    const place = (span: { from: string | null; to: string | null }) => {
      const id = newId('hold');
      const entry = auditEntry({ tenantId: 'globex', event: 'legal_hold.placed' });
      return legalHolds
        .place('globex', { id, userId: null, reason: 'case 7', ...span }, entry)
        .then(() => id);
    };
    const [from, to] = [monthsAgo(back).toISOString(), monthsAgo(back - 1).toISOString()];
    await place({ from: to, to: null });
    const touching = await place({ from, to });
    expect(await retention.dropMonth(month, 365)).toBe('held');
    await legalHolds.release(
      'globex',
      touching,
      auditEntry({ tenantId: 'globex', event: 'legal_hold.released' }),
    );
    expect(await retention.dropMonth(month, 365)).toBe('dropped');
  });

  it('is kept for as long as a policy says', async () => {
    await coverAll();
    expect(await opened.stores.retention.dropMonth(month, 3_650)).toBe('too_young');
    expect(await opened.stores.retention.expiredMonths(3_650)).not.toContain(month);
  });
});

describe('a month within the floor', () => {
  it('is never dropped, whatever is asked', async () => {
    await coverAll();
    for (const months of [0, 5, 11]) {
      const young = nameOf(monthsAgo(months));
      expect(await opened.stores.retention.dropMonth(young, -1_000)).toBe('too_young');
    }
    for (const odd of ['2020-13', 'x', `2020-01'; DROP TABLE ledger.decisions; --`]) {
      expect(await opened.stores.retention.dropMonth(odd, 1)).toBe('absent');
    }
  });
});
