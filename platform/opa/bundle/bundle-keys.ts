import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '#domain/json/parse-json.ts';
import { whyUnsound } from '../../crypto/sound-key.ts';

/** The type of each algorithm's key, or its curve as OpenSSL calls it. */
const keyKinds = {
  RS256: 'rsa',
  RS384: 'rsa',
  RS512: 'rsa',
  PS256: 'rsa',
  PS384: 'rsa',
  PS512: 'rsa',
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
} as const;

type Algorithm = keyof typeof keyKinds;

const algorithms = z.enum(Object.keys(keyKinds).filter((name): name is Algorithm => name in keyKinds));

const keysFile = z.record(
  z.string().min(1).max(128),
  z.strictObject({ algorithm: algorithms, key: z.string() }),
);

export interface BundleKey {
  algorithm: Algorithm;
  key: KeyObject;
}

/** Public keys that may sign bundles, by the `keyid` that OPA writes. */
export type BundleKeys = ReadonlyMap<string, BundleKey>;

/**
 * Parses `POLICY_BUNDLE_KEYS_FILE`: `{ "<key id>": { "algorithm": "ES256", "key": "<SPKI PEM>" } }`. Throws for a
 * shared secret (HS256: a verifier could sign), a private key, and a key that doesn't fit its algorithm or proves nothing.
 */
export function parseBundleKeys(json: string): BundleKeys {
  const keys = new Map<string, BundleKey>();
  for (const [id, { algorithm, key: pem }] of Object.entries(keysFile.parse(parseJson(json)))) {
    if (pem.includes('PRIVATE KEY')) throw new RangeError(`bundle key ${id} is a private key`);
    const key = createPublicKey(pem);
    const why = whyUnsound(key);
    if (why !== undefined) throw new RangeError(`bundle key ${id} proves nothing: ${why}`);
    const kind = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType;
    if (kind !== keyKinds[algorithm])
      throw new RangeError(`bundle key ${id} is ${kind}, which does not fit ${algorithm}`);
    keys.set(id, { algorithm, key });
  }
  if (keys.size === 0) throw new RangeError('the file of bundle keys holds no key');
  return keys;
}
