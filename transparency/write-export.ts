import { createHash } from 'node:crypto';
import {
  closingLine,
  type EntryRow,
  type ExportHeader,
  type ExportRow,
  headerLine,
  rowLine,
} from './export-format.ts';
import type { HashSource } from './hash-source.ts';
import { completeSubtrees, toHex } from './tree.ts';

interface WriteOptions {
  header: ExportHeader;
  /** In the order of their positions, all below `header.head.claims.size`. */
  entries: AsyncIterable<readonly EntryRow[]> | Iterable<readonly EntryRow[]>;
  /** Source of the hashes of what is left out. */
  source: Pick<HashSource, 'subtree'>;
}

/** Writes an export, piece by piece: whatever has no row is covered by the hashes of its subtrees. */
export async function* writeExport({ header, entries, source }: WriteOptions): AsyncGenerator<Buffer> {
  const digest = createHash('sha256');
  const { size } = header.head.claims;
  let cursor = 0;
  let text = headerLine(header);
  let joint = '\n';

  const add = (row: ExportRow) => {
    text += joint + rowLine(row);
    joint = ',\n';
  };
  const taken = (): Buffer => {
    const bytes = Buffer.from(text);
    digest.update(bytes);
    text = '';
    return bytes;
  };
  async function skip(to: number): Promise<void> {
    for (const { level, index } of completeSubtrees(cursor, to)) {
      const hash = toHex(await source.subtree(level, index));
      add({ hash, level, position: index * 2 ** level });
    }
    cursor = to;
  }

  for await (const piece of entries) {
    for (const row of piece) {
      if (row.position > cursor) await skip(row.position);
      add(row);
      cursor = row.position + 1;
    }
    if (text !== '') yield taken();
  }
  await skip(size);
  text += '\n';
  yield taken();
  yield Buffer.from(`${closingLine(digest.digest('hex'))}\n`);
}
