import type { AuditEntry } from '#domain/audit/audit.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import type { Stores } from '#stores/open-stores.ts';
import type { EntryRow } from '#transparency/export-format.ts';
import { exportFormat } from '#transparency/export-format.ts';
import type { Finding } from '#transparency/finding.ts';
import { createHashSource } from '#transparency/hash-source.ts';
import { leafHash, setApart } from '#transparency/leaf.ts';
import { verifyExport } from '#transparency/verify-export.ts';
import { writeExport } from '#transparency/write-export.ts';
import { auditEntry } from './examples.ts';
import { proofOf } from './proven-entry.ts';

/** The log of a tenant that has a key, and else nothing but its log, so that many can stand side by side. */
export interface AuditTree {
  tenantId: string;
  /** Writes entries of these times, in milliseconds since the epoch. */
  append(...timesMs: number[]): Promise<void>;
  /** How many of its entries have no place. */
  waiting(): Promise<number>;
  /** What a verifier finds wrong with an export of all of it; each kind once. */
  findings(trustedKey: string): Promise<Finding['kind'][]>;
}

interface AuditTreeOptions {
  stores: Pick<Stores, 'tree' | 'rowProofs' | 'tenants'>;
  databases: { auditDatabaseUrl: string };
}

export function openAuditTree({ stores, databases }: AuditTreeOptions, tenantId: string): AuditTree {
  const { tree } = stores;
  const rows: Omit<EntryRow, 'position'>[] = [];

  async function placed(): Promise<EntryRow[]> {
    const places = await Promise.all(rows.map(({ entry }) => tree.placeOf(tenantId, entry.id)));
    return rows
      .flatMap((row, n) => (places[n] === undefined ? [] : [{ ...row, position: places[n] }]))
      .toSorted((one, other) => one.position - other.position);
  }

  return {
    tenantId,
    async append(...timesMs) {
      const made = timesMs.map((atMs) => {
        const entry: AuditEntry = auditEntry({ tenantId, timestamp: new Date(atMs).toISOString() });
        const { leaf, reveal } = setApart(entry, 'sub_somebody');
        return { entry: leaf, leafHash: leafHash(leaf), reveal };
      });
      await stores.tenants.add({ id: tenantId, name: tenantId, domains: [], oidcIssuer: null });
      const texts = await Promise.all(
        made.map(async ({ entry, leafHash: hash }) => {
          const proof = await proofOf(stores, tenantId, { ...entry, leafHash: hash });
          return { ...entry, sealed: '', leafHash: hash, proof };
        }),
      );
      await withAdmin(databases.auditDatabaseUrl, (client) =>
        client.query('SELECT ledger.record($1, NULL, $2, NULL)', [tenantId, JSON.stringify(texts)]),
      );
      rows.push(...made);
    },
    waiting: async () => rows.length - (await placed()).length,
    async findings(trustedKey) {
      const { head, keys, leaves, at } = await tree.state(tenantId);
      if (head === null) throw new Error('there is no head');
      const daily = await tree.heads(tenantId, { kind: 'daily', limit: 100 });
      const header = {
        format: exportFormat,
        tenantId,
        exportedAt: at,
        filters: {},
        head,
        heads: daily.toReversed().filter(({ claims }) => claims.n < head.claims.n),
        keys,
        expiredBefore: null,
        unsealed: leaves - head.claims.size,
      } as const;
      const entries = (await placed()).filter(({ position }) => position < head.claims.size);
      const bytes: Buffer[] = [];
      const source = createHashSource(tree.readHashes(tenantId));
      for await (const piece of writeExport({ header, entries: [entries], source })) bytes.push(piece);
      const { findings } = await verifyExport({ bytes, trustedKeys: [trustedKey] });
      return [...new Set(findings.map(({ kind }) => kind))];
    },
  };
}
