import { generateKeyPairSync } from 'node:crypto';
import type { AuditEntry } from '#domain/audit/audit.ts';
import { type EntryRow, type ExportHeader, exportFormat } from '#transparency/export-format.ts';
import { createHashSource } from '#transparency/hash-source.ts';
import { leafHash, setApart } from '#transparency/leaf.ts';
import { signStatement, statementDigest, type TreeHead } from '#transparency/statement.ts';
import { createTreeBuilder, fromHex, toHex } from '#transparency/tree.ts';
import type { TreeSigner } from '#transparency/tree-signer.ts';
import { parseTreeSigner } from '#transparency/tree-signer.ts';
import { writeExport } from '#transparency/write-export.ts';
import { auditEntry } from './examples.ts';

export const firstDay = Date.parse('2026-03-01T08:00:00.000Z');
const hour = 3_600_000;

export function newSigner(keyId: string): TreeSigner {
  const { privateKey } = generateKeyPairSync('ed25519');
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return parseTreeSigner(JSON.stringify({ keyId, privateKeyPem }));
}

const subjectAt = (position: number) => `sub_${String(position).padStart(26, '0')}`;

/** What an entry says of an erasure whose key is gone, or was kept. */
export function erasedWord(subject: string, key: 'destroyed' | 'kept' = 'destroyed'): Partial<AuditEntry> {
  return {
    actionType: 'administration',
    event: 'user_data.erased',
    outcome: 'success',
    metadata: { subject, key },
  };
}

/** Rows of `count` entries, one an hour. The person of the third is erased by the sixth. */
export function sampleRows(
  count: number,
  change: (n: number) => Partial<AuditEntry> = () => ({}),
): EntryRow[] {
  return Array.from({ length: count }, (_, position) => {
    const timestamp = new Date(firstDay + position * hour).toISOString();
    const erasure = position === 5 ? erasedWord(subjectAt(2)) : {};
    const entry = auditEntry({
      timestamp,
      actionDetail: `deed ${position}`,
      ...erasure,
      ...change(position),
    });
    // The oldest is from before personal fields were set apart; of one the person was erased.
    if (position === 0) return { entry, leafHash: leafHash(entry), position, reveal: null };
    const { leaf, reveal } = setApart(entry, subjectAt(position));
    return {
      entry: leaf,
      leafHash: leafHash(leaf),
      position,
      reveal: position === 2 && count > 5 ? null : reveal,
    };
  });
}

export function rootOf(rows: readonly EntryRow[]): string {
  const builder = createTreeBuilder();
  for (const row of rows) builder.append(fromHex(row.leafHash));
  return toHex(builder.root());
}

/** A head over the first `size` rows, a minute after the last of them. */
export function sampleHead(
  rows: readonly EntryRow[],
  size: number,
  { signer }: TreeSigner,
  previous: TreeHead | null = null,
): TreeHead {
  return signStatement(signer, {
    kind: 'audit-head',
    tenantId: 'acme',
    n: (previous?.claims.n ?? 0) + 1,
    size,
    rootHash: rootOf(rows.slice(0, size)),
    at: new Date(firstDay + (size - 1) * hour + 60_000).toISOString(),
    previous: previous === null ? null : statementDigest(previous),
  });
}

export function sampleHeader(
  rows: readonly EntryRow[],
  signer: TreeSigner,
  overrides: Partial<ExportHeader> = {},
): ExportHeader {
  const half = sampleHead(rows, Math.ceil(rows.length / 2), signer);
  const head = sampleHead(rows, rows.length, signer, half);
  return {
    format: exportFormat,
    tenantId: 'acme',
    exportedAt: head.claims.at,
    filters: {},
    head,
    heads: [half],
    keys: [
      signStatement(signer.signer, {
        kind: 'audit-key',
        tenantId: 'acme',
        keyId: signer.signer.keyId,
        publicKey: signer.publicKey,
        at: new Date(firstDay).toISOString(),
      }),
    ],
    expiredBefore: null,
    unsealed: 0,
    ...overrides,
  };
}

/** The file; `kept` rows are in it, the others are covered by hashes. */
export async function exported(
  rows: readonly EntryRow[],
  header: ExportHeader,
  kept: readonly EntryRow[] = rows,
): Promise<Buffer> {
  const hashes = rows.map((row) => fromHex(row.leafHash));
  const levels = new Map<number, Uint8Array[]>([[0, hashes]]);
  const builder = createTreeBuilder(({ level, hash }) => {
    if (level % 8 === 0) levels.set(level, [...(levels.get(level) ?? []), hash]);
  });
  for (const hash of hashes) builder.append(hash);
  const source = createHashSource(async (level, from, count) =>
    Buffer.concat((levels.get(level) ?? []).slice(from, from + count)),
  );
  const pieces: Buffer[] = [];
  for await (const piece of writeExport({ header, entries: [kept], source })) pieces.push(piece);
  return Buffer.concat(pieces);
}
