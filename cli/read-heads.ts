import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { auditHeads } from '#domain/audit/answers.schema.ts';
import { treeHead } from '#domain/audit/statement.schema.ts';
import { parseJson } from '#domain/json/parse-json.ts';
import type { TreeHead } from '#transparency/statement.ts';
import { usageFailure } from './failure.ts';

const heads = z.union([auditHeads.transform(({ heads }) => heads), treeHead.transform((head) => [head])]);

/**
 * Reads heads as `openclaw audit heads --json` prints them, a single head, or one per line as they are published in a
 * folder.
 */
export async function readHeads(path: string): Promise<TreeHead[]> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    const lines = text.split('\n');
    if (lines.length > 1 && lines.every((line) => line.startsWith('{"'))) {
      return lines.map((line) => treeHead.parse(parseJson(line)));
    }
    return heads.parse(parseJson(text));
  } catch {
    throw usageFailure(`--head ${path}: no signed heads can be read from it.`);
  }
}
