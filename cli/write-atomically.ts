import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from './failure.ts';

/**
 * Replaces a file as a whole, readable by its owner only: a reader sees the old one or the new one.
 * A link stays a link: the file that it leads to is replaced, in that file's own folder.
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  let file = path;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const there = await lstat(path).catch(() => undefined);
    if (there?.isSymbolicLink()) file = await realpath(path);
    // Renaming onto a device would take the device away.
    if (there && !(await stat(file)).isFile()) throw notWritten({ path, file, why: 'it is not a file' });
    await replace(file, text);
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error && 'code' in error)) throw error;
    throw notWritten({ path, file, why: String(error.code), cause: error });
  }
}

async function replace(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
}

interface NotWritten {
  path: string;
  /** What `path` leads to, where it is a link. */
  file: string;
  why: string;
  cause?: unknown;
}

function notWritten({ path, file, why, cause }: NotWritten): Failure {
  const place = file === path ? path : `${file}, where ${path} leads,`;
  return new Failure('failed', 'not_written', `${place} cannot be written: ${why}.`, { cause });
}
