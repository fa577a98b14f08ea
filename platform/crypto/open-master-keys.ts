import { type WatchedFileOptions, watchFile } from '../secrets/watched-file.ts';
import { createEnvelope, type Envelope } from './envelope.ts';
import { type KeysOfFile, parseKeyRing } from './key-ring.ts';
import { createLiveKeyRing, type LiveKeyRing } from './live-key-ring.ts';

export interface MasterKeys {
  ring: LiveKeyRing;
  envelope: Envelope;
  /** Reads the file now. */
  look(): Promise<void>;
  close(): Promise<void>;
}

type MasterKeyOptions = Omit<WatchedFileOptions<KeysOfFile>, 'parse'> & { waitMs?: number };

/**
 * The master keys of `ENCRYPTION_KEYS_FILE`, which may change while the process runs; throws when it can't be read at
 * the start.
 */
export async function openMasterKeys({ waitMs, ...options }: MasterKeyOptions): Promise<MasterKeys> {
  const file = await watchFile({ ...options, parse: (content) => parseKeyRing(content.toString('utf8')) });
  const ring = createLiveKeyRing({ current: file.current, ...(waitMs === undefined ? {} : { waitMs }) });
  return { ring, envelope: createEnvelope(ring), look: file.look, close: file.close };
}
