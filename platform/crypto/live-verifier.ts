import { type WatchedFileOptions, watchFile } from '../secrets/watched-file.ts';
import { parseVerifier, type Verifier } from './signature.ts';

/**
 * Verifies with a file of public keys that may change while the process runs; throws when it can't be read at the
 * start.
 */
export async function openVerifier(
  options: Omit<WatchedFileOptions<Verifier>, 'parse'>,
): Promise<{ verify: Verifier; close(): Promise<void> }> {
  const file = await watchFile({ ...options, parse: (content) => parseVerifier(content.toString('utf8')) });
  return { verify: (...signed) => file.current()(...signed), close: file.close };
}
