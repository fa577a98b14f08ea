import { homedir, tmpdir } from 'node:os';
import { checkout } from '#sandbox/checkout.ts';
import { chooseDataDir, databaseUserOf, openDataDir } from '#sandbox/data-dir.ts';
import { createProgress } from '#sandbox/progress.ts';
import { refuseFullDisk } from '#sandbox/room.ts';
import { findOrBring } from '#sandbox/tools/find-or-bring.ts';
import { missingTools, testTools } from './tools.ts';

/** Of every project of Vitest. */
export default (): Promise<void> => readyTools();

/**
 * Before anything runs: finds or brings each tool of the tests, and names it in its variable for every process of the
 * run. `npm test` does this first, with what it was told; Vitest and the benchmarks do it where that wasn't done.
 */
export async function readyTools({ install = false }: { install?: boolean } = {}): Promise<void> {
  const { env } = process;
  if (env[missingTools] !== undefined) return;
  const user = databaseUserOf();
  const folder = chooseDataDir({ env, checkout, home: homedir(), databaseUser: user });
  for (const disk of [folder, tmpdir()]) refuseFullDisk(disk);
  openDataDir(folder, user);
  const found = await findOrBring(Object.values(testTools), {
    env,
    folder,
    install,
    ci: env['CI'] === 'true',
    progress: createProgress((line) => process.stderr.write(`${line}\n`), 10_000),
  });
  if (!found.has(testTools.temporal)) throw new Error('Without the Temporal server no test can run.');
  for (const [tool, { path }] of found) env[tool.variable] = path;
  env[missingTools] = Object.entries(testTools)
    .filter(([, tool]) => !found.has(tool))
    .map(([name]) => name)
    .join(',');
}
