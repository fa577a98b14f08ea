import { type HeldFileOptions, holdFile } from '../secrets/held-file.ts';
import { parseVerifier, type Verifier } from './signature.ts';

/**
 * Verifies with a file of public keys that may change while the process runs; throws when it can't be read at the
 * start.
 */
export async function openVerifier(
  options: Omit<HeldFileOptions<Verifier>, 'parse'>,
): Promise<{ verify: Verifier; close(): Promise<void> }> {
  const file = await holdFile({ ...options, parse: (content) => parseVerifier(content.toString('utf8')) });
  return { verify: (...signed) => file.current()(...signed), close: file.close };
}
