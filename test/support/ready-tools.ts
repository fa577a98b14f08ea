import { homedir, tmpdir } from 'node:os';
import { checkout } from '#sandbox/checkout.ts';
import { chooseDataDir, databaseUserOf, openDataDir } from '#sandbox/data-dir.ts';
import { createProgress } from '#sandbox/progress.ts';
import { refuseFullDisk } from '#sandbox/room.ts';
import { findOrBring } from '#sandbox/tools/find-or-bring.ts';
import { missingTools, type ToolName, testTools } from './tools.ts';

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
  const found = await findOrBring(testTools, {
    env,
    folder,
    install,
    ci: env['CI'] === 'true',
    progress: createProgress((line) => process.stderr.write(`${line}\n`)),
  });
  if (found.temporal === undefined) throw new Error('Without the Temporal server no test can run.');
  const names = Object.keys(testTools) as ToolName[];
  for (const name of names) {
    const path = found[name]?.path;
    if (path !== undefined) env[testTools[name].variable] = path;
  }
  env[missingTools] = names.filter((name) => found[name] === undefined).join(',');
}
