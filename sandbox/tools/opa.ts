import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { opaVersion } from '#policies/build.ts';
import { findCommand } from '../find-command.ts';
import { lastLine, runProgram } from './run-program.ts';
import type { BringOptions, Tool } from './tool.ts';

const kept = (folder: string) => join(folder, `opa-${opaVersion}`, 'opa');

/** Open Policy Agent in the very version that compiled our policies, since the bytes are compared. */
export const opaTool: Tool = {
  name: 'OPA',
  variable: 'OPA',
  commands: ['opa'],
  check: async (path, env) => {
    const { ok, out, err } = await runProgram([path, 'version'], { env });
    const version = /^Version: (\S+)$/m.exec(out)?.[1];
    if (!ok || version === undefined) return { wrong: `it does not start: ${lastLine(err)}` };
    if (version !== opaVersion) return { wrong: `it is OPA ${version}, and ${opaVersion} is needed` };
    return { version };
  },
  ways: [{ what: `go install of OPA ${opaVersion}`, kept, bring: installByGo }],
  packages: {},
  byHand: `put opa ${opaVersion} on PATH, or go, which builds it`,
};

/** Go checks the module against its public checksum database. */
async function installByGo({ folder, env }: BringOptions): Promise<void> {
  const go = findCommand(['go'], env['PATH']);
  if (go === undefined) throw new Error('there is no go on PATH');
  const to = kept(folder);
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  const draft = mkdtempSync(join(dirname(to), 'build-'));
  try {
    const built = await runProgram([go, 'install', `github.com/open-policy-agent/opa@v${opaVersion}`], {
      env: { ...env, GOBIN: draft },
      timeoutMs: 1_800_000,
    });
    if (!built.ok) throw new Error(`go: ${lastLine(built.err)}`);
    renameSync(join(draft, 'opa'), to);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
