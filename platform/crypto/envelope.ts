import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CodedError } from '#domain/error.ts';
import type { KeyRing } from './key-ring.ts';

const cipher = 'aes-256-gcm';
const formatVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM with a random 96-bit nonce. Layout of the sealed bytes: version (1), length of the key id (1), key id,
 * nonce (12), tag (16), ciphertext. The additional data binds the bytes to their place.
 */
export interface Envelope {
  seal(plain: Uint8Array, additionalData: string): Uint8Array;
  /** Throws `CONTENT_UNREADABLE` for an unknown key, another place, or a changed byte. */
  open(sealed: Uint8Array, additionalData: string): Uint8Array;
}

export function createEnvelope(keys: KeyRing): Envelope {
  return {
    seal(plain, additionalData) {
      const nonce = randomBytes(nonceBytes);
      const sealing = createCipheriv(cipher, keys.active.key, nonce, { authTagLength: tagBytes });
      sealing.setAAD(Buffer.from(additionalData));
      const body = Buffer.concat([sealing.update(plain), sealing.final()]);
      const keyId = Buffer.from(keys.active.id);
      const head = Buffer.from([formatVersion, keyId.length]);
      return Buffer.concat([head, keyId, nonce, sealing.getAuthTag(), body]);
    },
    open(sealed, additionalData) {
      try {
        const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
        const keyId = keyIdOf(bytes);
        const nonceAt = 2 + (bytes[1] ?? 0);
        const key = keys.find(keyId);
        if (key === undefined) throw new RangeError(`unknown key ${keyId}`);
        const tagAt = nonceAt + nonceBytes;
        const bodyAt = tagAt + tagBytes;
        const opening = createDecipheriv(cipher, key, bytes.subarray(nonceAt, tagAt), {
          authTagLength: tagBytes,
        });
        opening.setAAD(Buffer.from(additionalData));
        opening.setAuthTag(bytes.subarray(tagAt, bodyAt));
        return Buffer.concat([opening.update(bytes.subarray(bodyAt)), opening.final()]);
      } catch (cause) {
        throw new CodedError('CONTENT_UNREADABLE', { cause });
      }
    },
  };
}

/**
 * The id of the key that sealed the bytes, as they state it; throws `RangeError` for bytes that `seal` did not make.
 */
export function keyIdOf(sealed: Uint8Array): string {
  if (sealed[0] !== formatVersion) throw new RangeError(`unknown envelope version ${sealed[0]}`);
  return Buffer.from(sealed.subarray(2, 2 + (sealed[1] ?? 0))).toString('utf8');
}
