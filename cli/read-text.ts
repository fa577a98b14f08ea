import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { usageFailure } from './failure.ts';

/** Reads a file, or standard input for `-`. */
export async function readText(path: string, stdin: Readable): Promise<string> {
  if (path === '-') return await text(stdin);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause instanceof Error && 'code' in cause ? cause : { code: 'unreadable' };
    throw usageFailure(`${path} cannot be read: ${String(code)}.`);
  }
}
