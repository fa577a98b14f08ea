import { withAdmin } from '#platform/database/admin-connection.ts';
import { entryKind } from '#stores/audit/entry-proof.ts';
import type { Stores } from '#stores/open-stores.ts';

interface Named {
  id: string;
  timestamp: string;
  leafHash: string;
}

/** The proof (base64) that a process of ours gives an entry, for tests that write entries by hand. */
export async function proofOf(
  { rowProofs }: Pick<Stores, 'rowProofs'>,
  tenantId: string,
  { id, timestamp, leafHash }: Named,
): Promise<string> {
  const proofs = await rowProofs.of(tenantId);
  return Buffer.from(proofs.prove(entryKind, { id, timestamp, leafHash })).toString('base64');
}

/** Gives proofs to a tenant's entries that have none, as nobody but a superuser with our keys could. */
export async function proveAll(
  stores: Pick<Stores, 'rowProofs'>,
  auditAdminUrl: string,
  tenantId: string,
): Promise<void> {
  await withAdmin(auditAdminUrl, async (client) => {
    const { rows } = await client.query<Named>(
      `SELECT id, ledger.iso("timestamp") AS timestamp, encode(leaf_hash, 'hex') AS "leafHash"
       FROM ledger.audit_entries WHERE tenant_id = $1 AND proof IS NULL`,
      [tenantId],
    );
    const proofs = await Promise.all(rows.map((row) => proofOf(stores, tenantId, row)));
    await client.query('ALTER TABLE ledger.audit_entries DISABLE TRIGGER append_only');
    await client.query(
      `UPDATE ledger.audit_entries e SET proof = decode(given.proof, 'base64')
       FROM unnest($2::text[], $3::text[]) AS given(id, proof) WHERE e.tenant_id = $1 AND e.id = given.id`,
      [tenantId, rows.map(({ id }) => id), proofs],
    );
    await client.query('ALTER TABLE ledger.audit_entries ENABLE ALWAYS TRIGGER append_only');
  });
}
