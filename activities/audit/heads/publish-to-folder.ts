import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { treeHead } from '#domain/audit/statement.schema.ts';
import { parseJson } from '#domain/json/parse-json.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import type { TreeHead } from '#transparency/statement.ts';
import type { HeadPublisher } from './head-publisher.ts';

export interface FolderPublisher extends HeadPublisher {
  /** The newest head in the folder; throws when the newest file can't be read. */
  last(tenantId: string): Promise<TreeHead | undefined>;
}

/** Bytes at the end of a file that hold its two newest lines, with room to spare. */
const tailBytes = 8_192;

/** `<folder>/<tenant>/<YYYY-MM>.jsonl`, one head a line, and `keys.jsonl` beside them. Lines are only ever appended. */
export function createFolderPublisher(folder: string): FolderPublisher {
  async function last(tenantId: string): Promise<TreeHead | undefined> {
    const names = await readdir(join(folder, tenantId)).catch(() => []);
    const newest = names
      .filter((name) => /^\d{4}-\d{2}\.jsonl$/.test(name))
      .toSorted()
      .at(-1);
    if (newest === undefined) return undefined;
    const line = await lastLine(join(folder, tenantId, newest));
    return line === '' ? undefined : treeHead.parse(parseJson(line));
  }

  return {
    name: 'folder',
    async publish({ tenantId, head, keys }) {
      const tenantFolder = join(folder, tenantId);
      await mkdir(tenantFolder, { recursive: true });
      const keysFile = join(tenantFolder, 'keys.jsonl');
      const known = keys.length === 0 ? '' : await readFile(keysFile, 'utf8').catch(() => '');
      for (const key of keys) if (!known.includes(`${canonicalJson(key)}\n`)) await appendLine(keysFile, key);
      // An earlier attempt may have written it without anybody learning of it.
      if (((await last(tenantId))?.claims.n ?? 0) >= head.claims.n) return;
      await appendLine(join(tenantFolder, `${head.claims.at.slice(0, 7)}.jsonl`), head);
    },
    last,
  };
}

/** The last complete line; one that was cut off was never published. */
async function lastLine(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const length = Math.min(size, tailBytes);
    const { buffer } = await file.read({ buffer: Buffer.alloc(length), position: size - length });
    const text = buffer.toString('utf8');
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).trimEnd();
    return lines.slice(lines.lastIndexOf('\n') + 1);
  } finally {
    await file.close();
  }
}

/** Appends in one write, and waits until it is on disk. */
async function appendLine(path: string, statement: object): Promise<void> {
  const file = await open(path, 'a+', 0o644);
  try {
    const { size } = await file.stat();
    const { buffer: end } = await file.read({ buffer: Buffer.alloc(1), position: Math.max(0, size - 1) });
    // On a line of its own, so that one that was cut off spoils only itself.
    const begin = size === 0 || end.toString() === '\n' ? '' : '\n';
    await file.writeFile(`${begin}${canonicalJson(statement)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
