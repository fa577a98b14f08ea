import type { Payload } from '@temporalio/common';
import { isEncrypted, type OpenPayload } from '#platform/temporal/payload-codec.ts';
import type { RemotePayload } from './payload.schema.ts';

/**
 * Decodes one payload for a person to read. A payload that is not ours is returned as it is; one that can't be
 * decrypted stays encrypted, with `openclaw-note` in its metadata saying so.
 */
export async function decodePayload(remote: RemotePayload, open: OpenPayload): Promise<RemotePayload> {
  const payload = fromRemote(remote);
  if (!isEncrypted(payload)) return remote;
  try {
    return toRemote(await open(payload));
  } catch {
    return withNote(remote);
  }
}

function withNote(remote: RemotePayload): RemotePayload {
  const note = Buffer.from('could not be decrypted with the keys of this installation').toString('base64');
  return { ...remote, metadata: { ...remote.metadata, 'openclaw-note': note } };
}

function fromRemote({ metadata = {}, data = '' }: RemotePayload): Payload {
  const entries = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data, 'base64') };
}

function toRemote({ metadata, data }: Payload): RemotePayload {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)]);
  return { metadata: Object.fromEntries(entries), data: base64(data ?? new Uint8Array()) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
