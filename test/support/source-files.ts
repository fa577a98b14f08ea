import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const folders =
  '{domain,platform,transparency,models,stores,governance,connectors,activities,workflows,workers,gateway,sandbox,deploy,cli}';

/** The TypeScript of the product without the page, by path. */
export async function sourceFiles(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const file of glob(`${folders}/**/*.ts`, { cwd: root })) {
    found.set(file, await readFile(join(root, file), 'utf8'));
  }
  return found;
}
