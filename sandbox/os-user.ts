import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export interface OsUser {
  name: string;
  uid: number;
  gid: number;
}

/** Are we root? (Always false on Windows.) */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The unprivileged user that PostgreSQL runs as when we are root, since it refuses to run as root itself.
 * No user is created for it: `postgres` where the machine has one, else `nobody`.
 */
export function findUnprivilegedUser(names: readonly string[] = ['postgres', 'nobody']): OsUser | undefined {
  for (const name of names) {
    const uid = askId('-u', name);
    const gid = askId('-g', name);
    if (uid !== undefined && gid !== undefined && uid > 0) return { name, uid, gid };
  }
  return undefined;
}

function askId(flag: string, name: string): number | undefined {
  try {
    return Number(
      execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return undefined;
  }
}

/** The first folder on the way to `path` that `user` may not enter; `undefined` when there is none. */
export function closedFolder(user: OsUser, path: string): string | undefined {
  const folders: string[] = [];
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (dirname(folder) === folder) break;
  }
  return folders.find((folder) => !mayEnter(user, folder));
}

/** A folder that doesn't exist yet is no obstacle: we would create it. */
function mayEnter(user: OsUser, folder: string): boolean {
  const facts = statSync(folder, { throwIfNoEntry: false });
  if (facts === undefined) return true;
  if (facts.uid === user.uid) return (facts.mode & 0o100) !== 0;
  if (facts.gid === user.gid) return (facts.mode & 0o010) !== 0;
  return (facts.mode & 0o001) !== 0;
}
