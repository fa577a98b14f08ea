import { lstat, readFile, readlink } from 'node:fs/promises';
import { usageFailure } from './failure.ts';

/** The text of a file; `undefined` when there is none. A link that leads nowhere is a mistake, not an absence. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') {
      const link = await lstat(path).catch(() => undefined);
      if (!link?.isSymbolicLink()) return undefined;
      throw usageFailure(
        `${path} is a link to ${await readlink(path)}, which is not there.`,
        'Create that file, or remove the link.',
      );
    }
    if (code === 'ELOOP')
      throw usageFailure(`${path} is a link that leads back to itself.`, 'Remove the link.');
    if (typeof code === 'string') throw usageFailure(`${path} cannot be read: ${code}.`);
    throw error;
  }
}
