import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { closedFolder, findUnprivilegedUser, isRoot, type OsUser } from './os-user.ts';

export interface DataDirOptions {
  env: NodeJS.ProcessEnv;
  checkout: string;
  home: string;
  /** Set when we are root: the user as whom PostgreSQL will run. It must be able to reach the folder. */
  databaseUser: OsUser | undefined;
}

/**
 * Where this checkout keeps its local data: `OPENCLAW_DATA_DIR`, else a folder of its own under the user's data
 * folder, so that two checkouts never meet. Root's home is usually closed to the user that PostgreSQL
 * runs as; then the folder is `/var/lib/openclaw-enterprise/<hash>`.
 */
export function chooseDataDir(options: DataDirOptions): string {
  const { env, checkout, home, databaseUser } = options;
  if (env['OPENCLAW_DATA_DIR']) {
    const chosen = resolve(checkout, env['OPENCLAW_DATA_DIR']);
    const closed = databaseUser && closedFolder(databaseUser, resolve(chosen, '..'));
    if (closed === undefined) return chosen;
    throw new Error(
      `OPENCLAW_DATA_DIR is ${chosen}, but PostgreSQL runs as user ${databaseUser?.name}, who may not enter ${closed}. ` +
        'Choose a folder that others may enter, for example /var/lib/openclaw.',
    );
  }
  const hash = createHash('sha256').update(checkout).digest('hex').slice(0, 12);
  const xdg = env['XDG_DATA_HOME'];
  const base = xdg && isAbsolute(xdg) ? xdg : join(home, '.local', 'share');
  const usual = join(base, 'openclaw-enterprise', hash);
  if (databaseUser === undefined || closedFolder(databaseUser, resolve(usual, '..')) === undefined)
    return usual;
  return join('/var/lib', 'openclaw-enterprise', hash);
}

/**
 * Creates the folder, readable by nobody else; when we are root, others may pass through it to PostgreSQL's own folder
 * inside.
 */
export function openDataDir(folder: string, databaseUser: OsUser | undefined): void {
  mkdirSync(join(folder, '..'), { recursive: true, mode: databaseUser ? 0o755 : 0o700 });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, databaseUser ? 0o711 : 0o700);
  for (const inner of ['logs', 'keys', 'secrets'])
    mkdirSync(join(folder, inner), { recursive: true, mode: 0o700 });
}

/** The user as whom PostgreSQL must run: `undefined` means "as we are". */
export function databaseUserOf(): OsUser | undefined {
  if (!isRoot()) return undefined;
  const user = findUnprivilegedUser();
  if (user) return user;
  throw new Error(
    'PostgreSQL refuses to run as root, and there is neither a user "postgres" nor "nobody" here. ' +
      'Start as an ordinary user, or set DATABASE_URL to a server that runs already.',
  );
}
