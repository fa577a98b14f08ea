import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findCommand } from '../find-command.ts';
import { lastLine, runProgram } from './run-program.ts';
import type { Tool } from './tool.ts';

/** Open Policy Agent in one version and no other: the bytes that it compiles are compared. */
export function opaTool(wanted: string): Tool {
  const kept = (folder: string) => join(folder, `opa-${wanted}`, 'opa');
  return {
    name: 'OPA',
    variable: 'OPA',
    commands: ['opa'],
    check: async (path, env) => {
      const { ok, out, err } = await runProgram([path, 'version'], { env });
      const version = /^Version: (\S+)$/m.exec(out)?.[1];
      if (!ok || version === undefined) return { wrong: `it does not start: ${lastLine(err)}` };
      if (version !== wanted) return { wrong: `it is OPA ${version}, and ${wanted} is needed` };
      return { version };
    },
    ways: [
      {
        what: `go install of OPA ${wanted}`,
        kept,
        bring: ({ folder, env }) =>
          installByGo(`github.com/open-policy-agent/opa@v${wanted}`, { to: kept(folder), env }),
      },
    ],
    packages: {},
    byHand: `put opa ${wanted} on PATH, or go, which builds it`,
  };
}

/** Go checks the module against its public checksum database. */
async function installByGo(
  module: string,
  { to, env }: { to: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  const go = findCommand(['go'], env['PATH']);
  if (go === undefined) throw new Error('there is no go on PATH');
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  const draft = mkdtempSync(join(dirname(to), 'build-'));
  try {
    const built = await runProgram([go, 'install', module], {
      env: { ...env, GOBIN: draft },
      timeoutMs: 1_800_000,
    });
    if (!built.ok) throw new Error(`go: ${lastLine(built.err)}`);
    renameSync(join(draft, 'opa'), to);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
