import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { tenantIdPattern } from '#domain/ids.ts';

/** A file that is offered as a bundle of a tenant. */
export interface FoundBundle {
  tenantId: string;
  /** Name of the file. */
  name: string;
  path: string;
  /**
   * Changes with everything that puts another file in its place, an earlier one too: to move or link a file gives it, or
   * the link, another time of change. The same for every process that looks at this folder.
   */
  stamp: string;
  bytes: number;
}

const archiveName = /^[\w][\w.-]{0,100}\.tar\.gz$/;

/**
 * Finds `<folder>/<tenant>/*.tar.gz`; throws when folder or file can't be read, so that nothing seems to have been
 * removed.
 */
export async function findBundles(folder: string): Promise<readonly FoundBundle[]> {
  const tenants = (await readdir(folder)).filter((name) => tenantIdPattern.test(name));
  const found = await Promise.all(tenants.map((tenantId) => bundlesOf(folder, tenantId)));
  return found.flat();
}

async function bundlesOf(folder: string, tenantId: string): Promise<FoundBundle[]> {
  const own = join(folder, tenantId);
  if (!(await stat(own)).isDirectory()) return [];
  const names = (await readdir(own)).filter((name) => archiveName.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const path = join(own, name);
      const { mtimeNs, ctimeNs, size, ino } = await stat(path, { bigint: true });
      const links = await Promise.all([folder, own, path].map(linkStamp));
      const stamp = [ino, size, mtimeNs, ctimeNs, ...links].join('-');
      return { tenantId, name, path, bytes: Number(size), stamp };
    }),
  );
}

/** Empty for what is no symbolic link. */
async function linkStamp(path: string): Promise<string> {
  const entry = await lstat(path, { bigint: true });
  return entry.isSymbolicLink() ? `${entry.ino}.${entry.ctimeNs}` : '';
}
