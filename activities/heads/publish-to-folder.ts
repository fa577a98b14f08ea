import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { treeHead } from '#transparency/statement.schema.ts';
import type { TreeHead } from '#transparency/statement.ts';
import type { HeadPublisher } from './head-publisher.ts';

export interface FolderPublisher extends HeadPublisher {
  /** The newest head in the folder; throws when the newest file can't be read. */
  last(tenantId: string): Promise<TreeHead | undefined>;
}

/** `<folder>/<tenant>/<YYYY-MM>.jsonl`, one head a line, and `keys.jsonl` beside them. Lines are only ever appended. */
export function createFolderPublisher(folder: string): FolderPublisher {
  return {
    name: 'folder',
    async publish({ tenantId, head, keys }) {
      const tenantFolder = join(folder, tenantId);
      await mkdir(tenantFolder, { recursive: true });
      for (const key of keys) await appendLine(join(tenantFolder, 'keys.jsonl'), key);
      await appendLine(join(tenantFolder, `${head.claims.at.slice(0, 7)}.jsonl`), head);
    },
    async last(tenantId) {
      const names = await readdir(join(folder, tenantId)).catch(() => []);
      const newest = names
        .filter((name) => /^\d{4}-\d{2}\.jsonl$/.test(name))
        .toSorted()
        .at(-1);
      if (newest === undefined) return undefined;
      const text = await readFile(join(folder, tenantId, newest), 'utf8');
      // What was cut off in the middle of a line was never published.
      const lines = text.slice(0, text.lastIndexOf('\n') + 1).trimEnd();
      const line = lines.slice(lines.lastIndexOf('\n') + 1);
      return line === '' ? undefined : treeHead.parse(JSON.parse(line));
    },
  };
}

/** One write to the end of the file, and on the disk before we go on. */
async function appendLine(path: string, statement: object): Promise<void> {
  const file = await open(path, 'a', 0o644);
  try {
    await file.writeFile(`${canonicalJson(statement)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
