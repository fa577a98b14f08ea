import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { whyUnsound } from '#platform/crypto/sound-key.ts';
import type { HeadClaims, KeyClaims, KeyStatement, Signed } from './statement.ts';

/** The SPKI of an Ed25519 key is this followed by the 32 bytes of the key (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** Why a statement is not trusted; `undefined` when it is. */
export type Distrust = 'unknown_key' | 'bad_signature';

export interface Trust {
  distrust(statement: Signed<HeadClaims | KeyClaims>): Distrust | undefined;
  /** Ids of the trusted keys. */
  keyIds(): readonly string[];
}

/**
 * Finds out what to trust, from trusted keys (hex) and statements that introduce others: a key counts when it is one of
 * those, or when a key that counts has signed for it. Signing only for oneself proves nothing.
 */
export function createTrust(trusted: readonly string[], statements: readonly KeyStatement[]): Trust {
  const keys = new Map<string, string>();
  for (const { claims } of statements) {
    if (trusted.includes(claims.publicKey)) keys.set(claims.keyId, claims.publicKey);
  }
  for (let grows = true; grows; ) {
    grows = false;
    for (const statement of statements) {
      const { keyId, publicKey } = statement.claims;
      const signer = keys.get(statement.keyId);
      if (keys.has(keyId) || signer === undefined || !isSignedBy(statement, signer)) continue;
      keys.set(keyId, publicKey);
      grows = true;
    }
  }
  return {
    distrust(statement) {
      const named = keys.get(statement.keyId);
      const candidates = named === undefined ? trusted : [named];
      if (candidates.some((key) => isSignedBy(statement, key))) return undefined;
      return named === undefined ? 'unknown_key' : 'bad_signature';
    },
    keyIds: () => [...keys.keys()],
  };
}

/** The 32 bytes (hex) of a public key in PEM; throws `RangeError` when it isn't Ed25519, or proves nothing. */
export function publicKeyHex(pem: string): string {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new RangeError('expected an Ed25519 key');
  const why = whyUnsound(key);
  if (why !== undefined) throw new RangeError(`a key that proves nothing: ${why}`);
  return key.export({ type: 'spki', format: 'der' }).subarray(spkiPrefix.length).toString('hex');
}

function isSignedBy({ claims, signature }: Signed<HeadClaims | KeyClaims>, publicKey: string): boolean {
  const bytes = Buffer.from(signature, 'base64url');
  if (bytes.toString('base64url') !== signature) return false;
  const key = keyOf(publicKey);
  return whyUnsound(key) === undefined && verify(null, Buffer.from(canonicalJson(claims)), key, bytes);
}

function keyOf(hex: string): KeyObject {
  const key = Buffer.concat([spkiPrefix, Buffer.from(hex, 'hex')]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}
