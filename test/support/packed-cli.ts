import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);
const builder = fileURLToPath(new URL('../../cli/package/build.ts', import.meta.url));
const packAnswer = z.tuple([
  z.object({
    name: z.string(),
    version: z.string(),
    filename: z.string(),
    size: z.number(),
    unpackedSize: z.number(),
    files: z.array(z.object({ path: z.string() })),
  }),
]);

/** PATH as it was before npm put the packages' own programs, Node 24 among them, in front. */
export const machinePath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !/node_modules[/\\]\.bin|node-gyp-bin/.test(folder))
  .join(delimiter);

/** The Nodes that a person here may have: the machine's own, and the one that runs the tests. */
export async function nodesHere(): Promise<{ version: string; path: string }[]> {
  const paths = [machinePath, `${dirname(process.execPath)}${delimiter}${machinePath}`];
  const nodes = await Promise.all(
    paths.map(async (path) => {
      const { stdout } = await run('node', ['--version'], { env: { PATH: path } });
      return { version: stdout.trim(), path };
    }),
  );
  return nodes.filter(({ version }, n) => nodes.findIndex((one) => one.version === version) === n);
}

/** `npm run build:cli`, `npm pack`, and `npm install -g` of what came of it, in a folder of its own and without a network. */
export async function packCli() {
  const home = mkdtempSync(join(tmpdir(), 'openclaw-packed-'));
  const folder = join(home, 'package');
  const env = { PATH: machinePath, HOME: home };
  await run(process.execPath, [builder, folder]);
  const packed = await run('npm', ['pack', '--json', '--pack-destination', home], { cwd: folder, env });
  const [pack] = packAnswer.parse(JSON.parse(packed.stdout));
  return {
    ...pack,
    folder,
    /** Installs it for one Node; returns the `openclaw` that is then on that person's PATH. */
    async install({ version, path }: { version: string; path: string }): Promise<string> {
      const prefix = join(home, version);
      const where = ['--prefix', prefix, '--cache', join(home, 'cache')];
      const quiet = ['--offline', '--no-audit', '--no-fund', '--no-update-notifier'];
      const words = ['install', '-g', ...where, ...quiet, join(home, pack.filename)];
      await run('npm', words, { cwd: home, env: { ...env, PATH: path } });
      return join(prefix, 'bin/openclaw');
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

export type PackedCli = Awaited<ReturnType<typeof packCli>>;
