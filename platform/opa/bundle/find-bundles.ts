import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { tenantIdPattern } from '#domain/ids.ts';

/** A file that is offered as a bundle of a tenant. */
export interface FoundBundle {
  tenantId: string;
  /** Name of the file. */
  name: string;
  path: string;
  /** Changes with every change of the file. */
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
      const { mtimeMs, size, ino } = await stat(path);
      return { tenantId, name, path, bytes: size, stamp: `${ino}-${size}-${mtimeMs}` };
    }),
  );
}
