import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findCommand } from '../find-command.ts';
import { isRoot } from '../os-user.ts';

/** What we may do to the machine: everything, everything by a `sudo` that asks for no password, or nothing. */
export type Rights = 'root' | 'sudo' | 'none';

export async function rightsHere(env: NodeJS.ProcessEnv): Promise<Rights> {
  if (isRoot()) return 'root';
  const sudo = findCommand(['sudo'], env['PATH']);
  if (sudo === undefined) return 'none';
  try {
    await promisify(execFile)(sudo, ['-n', 'true'], { env, timeout: 10_000 });
    return 'sudo';
  } catch {
    return 'none';
  }
}
