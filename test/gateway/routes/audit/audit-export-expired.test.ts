import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { findingText } from '#transparency/finding.ts';
import { verifyExport } from '#transparency/verify-export.ts';
import { auditEntry } from '../../../support/examples.ts';
import { newSigner } from '../../../support/sample-export.ts';
import { signHead, treeAt } from '../../../support/sign-head.ts';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

const signer = newSigner('k1');
/** The last evening of the month that expires. */
const evening = monthStart(-14) - 3_600_000;
const old = new Date(evening).toISOString();

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openTestGateway();
  await withAdmin(gateway.databases.auditAdminUrl, (client) =>
    client.query('SELECT ledger.make_partitions(15, 2)'),
  );
});
afterAll(() => gateway?.close());

/** Start of the month so many months from now, in milliseconds. */
function monthStart(months: number): number {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1);
}

async function record(count: number, timestamp: string): Promise<void> {
  const entries = Array.from({ length: count }, () => auditEntry({ timestamp }));
  await gateway.stores.ledger.record('acme', { decision: null, entries, dedupeKey: null });
}

const checkpoint = (at: number) =>
  signHead(gateway.stores, 'acme', { signer, tree: treeAt(gateway.stores.tree, () => new Date(at)) });

describe('the export of a log whose oldest month was dropped', () => {
  it('holds the head that speaks for what is gone, and verifies', async () => {
    await record(20, old);
    const covering = await checkpoint(evening + 60_000);
    // Not the last of its day, so that it is in the file for what it covers alone.
    await checkpoint(evening + 120_000);
    await record(5, new Date(evening + 3_700_000).toISOString());
    await checkpoint(evening + 3_800_000);
    await record(5, new Date(evening + 3_900_000).toISOString());
    await checkpoint(evening + 4_000_000);
    await record(5, new Date().toISOString());
    await checkpoint(Date.now() - 1_000);
    expect(await gateway.stores.retention.dropMonth(old.slice(0, 7), 365)).toBe('dropped');
    const { rawPayload } = await gateway.as(people.admin, { url: '/api/v1/audit/export' });
    const verified = await verifyExport({ bytes: [rawPayload], trustedKeys: [signer.publicKey] });
    expect(verified.findings.map(findingText)).toEqual([]);
    expect(verified).toMatchObject({ ok: true, skipped: 20 });
    expect(verified.header?.heads[0]).toEqual(covering);
  });
});
