import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Stored beside the built files: the digest of their sources. */
export const stampFile = 'sources.sha256';

const here = import.meta.dirname;

/** Everything that the page is built from, as paths from here. */
export function pageSources(): string[] {
  const own = globSync('**/*.{ts,tsx,css,svg,html}', { cwd: here, exclude: ['dist/**', 'dist.*/**'] });
  // Rules of the domain that the page uses directly; of schemas it uses only the types.
  const rules = globSync('../domain/**/*.ts', { cwd: here, exclude: ['../domain/**/*.schema.ts'] });
  return [...own, ...rules, '../package-lock.json'].sort();
}

/** SHA-256 (hex) over names and contents of everything from which the page is built. */
export function sourceDigest(): string {
  const hash = createHash('sha256');
  for (const file of pageSources()) {
    const content = readFileSync(path.join(here, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
