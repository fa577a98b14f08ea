import type { Stores } from '#stores/open-stores.ts';
import { type ExportHeader, exportFormat } from '#transparency/export-format.ts';
import { createHashSource } from '#transparency/hash-source.ts';
import { writeExport } from '#transparency/write-export.ts';

/** Everything up to the newest head of a tenant as a file, piece by piece; some head has to be signed. */
export async function* wholeExport(
  { tree, auditExport }: Pick<Stores, 'tree' | 'auditExport'>,
  tenantId: string,
): AsyncGenerator<Buffer> {
  const { head, keys } = await tree.state(tenantId);
  if (head === null) throw new Error('no head is signed');
  const header: ExportHeader = {
    format: exportFormat,
    tenantId,
    exportedAt: new Date().toISOString(),
    filters: {},
    head,
    heads: [],
    keys,
    expiredBefore: null,
    unsealed: 0,
  };
  async function* rows() {
    const range = { filters: {}, from: 0, to: header.head.claims.size };
    for await (const piece of auditExport.entries(tenantId, range)) {
      yield piece.map(({ leaf, leafHash, position, reveal }) => ({
        entry: leaf,
        leafHash,
        position,
        reveal,
      }));
    }
  }
  yield* writeExport({ header, entries: rows(), source: createHashSource(tree.readHashes(tenantId)) });
}
