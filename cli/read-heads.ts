import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { auditHeads } from '#domain/audit/answers.schema.ts';
import { treeHead } from '#domain/audit/statement.schema.ts';
import type { TreeHead } from '#transparency/statement.ts';
import { usageFailure } from './failure.ts';
import { jsonOrNothing } from './json-or-nothing.ts';

const heads = z.union([auditHeads.transform(({ heads }) => heads), treeHead.transform((head) => [head])]);

/**
 * Reads heads as `openclaw audit heads --json` prints them, a single head, or one per line as they are published in a
 * folder.
 */
export async function readHeads(path: string): Promise<TreeHead[]> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    const whole = heads.safeParse(jsonOrNothing(text));
    if (whole.success) return whole.data;
    return text.split('\n').map((line) => treeHead.parse(JSON.parse(line)));
  } catch {
    throw usageFailure(`--head ${path}: no signed heads can be read from it.`);
  }
}
