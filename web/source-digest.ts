import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Beside the built files: the digest of the sources they were built from. */
export const stampFile = 'sources.sha256';

/** SHA-256 (hex) over names and contents of everything that the page is built from. */
export function sourceDigest(): string {
  const here = import.meta.dirname;
  const own = globSync('**/*.{ts,tsx,css,svg,html}', { cwd: here, exclude: ['dist/**'] });
  // Rules of the domain that the page uses as they are; schemas are types to it.
  const rules = globSync('../domain/*.ts', { cwd: here, exclude: ['../domain/*.schema.ts'] });
  const files = [...own, ...rules].sort();
  const hash = createHash('sha256');
  for (const file of [...files, '../package-lock.json']) {
    const content = readFileSync(path.join(here, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
