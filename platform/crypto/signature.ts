import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '#domain/json/parse-json.ts';
import { canonicalJson } from './canonical-json.ts';
import { whyUnsound } from './sound-key.ts';

const signingKeyFile = z.strictObject({ keyId: z.string().min(1).max(64), privateKeyPem: z.string() });
const verifyKeysFile = z.record(z.string().min(1).max(64), z.string());

/** Signs the canonical JSON of a value with Ed25519. */
export interface Signer {
  keyId: string;
  /** Base64url. */
  sign(value: unknown): string;
}

/** Verifies signatures of a `Signer`; an unknown key or anything malformed is simply not valid. */
export type Verifier = (value: unknown, keyId: string, signature: string) => boolean;

export function parseSigner(json: string): Signer {
  const { keyId, privateKeyPem } = signingKeyFile.parse(parseJson(json));
  const key = ed25519(createPrivateKey(privateKeyPem));
  return {
    keyId,
    sign: (value) => sign(null, Buffer.from(canonicalJson(value)), key).toString('base64url'),
  };
}

/** Parses `{ "<key id>": "<SPKI PEM>" }`; throws for anything but Ed25519 keys, and for those that prove nothing. */
export function parseVerifier(json: string): Verifier {
  const keys = new Map<string, KeyObject>();
  for (const [keyId, pem] of Object.entries(verifyKeysFile.parse(parseJson(json)))) {
    const key = ed25519(createPublicKey(pem));
    const why = whyUnsound(key);
    if (why !== undefined) throw new RangeError(`key ${keyId} proves nothing: ${why}`);
    keys.set(keyId, key);
  }
  return (value, keyId, signature) => {
    const key = keys.get(keyId);
    if (key === undefined) return false;
    try {
      return verify(null, Buffer.from(canonicalJson(value)), key, Buffer.from(signature, 'base64url'));
    } catch {
      return false;
    }
  };
}

function ed25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'ed25519')
    throw new RangeError(`expected an Ed25519 key, got ${key.asymmetricKeyType}`);
  return key;
}
