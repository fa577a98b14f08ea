import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { z } from 'zod';
import { whyUnsound } from '../crypto/sound-key.ts';

/** A key of a set that is left out, and why. */
export type OnUnsoundKey = (kid: string | null, why: string) => void;

const keySet = z.object({ keys: z.array(z.unknown()) });

const shape = z.looseObject({
  kty: z.string(),
  kid: z.string().optional(),
  use: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
  alg: z.string().optional(),
  crv: z.string().optional(),
});
const webKey = z.custom<JWK>((value) => shape.safeParse(value).success);

/** What only its owner may hold (RFC 7518 §6), and what is a secret as a whole. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** The key of each algorithm, as type or curve. */
const keyOf: Readonly<Record<string, string>> = {
  RS256: 'RSA',
  RS384: 'RSA',
  RS512: 'RSA',
  PS256: 'RSA',
  PS384: 'RSA',
  PS512: 'RSA',
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  EdDSA: 'Ed25519',
};

/**
 * A JWKS with none but the keys that can prove something. Their numbers are written anew, so that what was looked at is what
 * is used. Throws when it is no set of keys at all.
 */
export function soundKeys(set: unknown, onUnsound: OnUnsoundKey = () => {}): { keys: JWK[] } {
  const sound: JWK[] = [];
  for (const candidate of keySet.parse(set).keys) {
    const { data: key } = webKey.safeParse(candidate);
    const found = key === undefined ? 'it is not a key' : lookAt(key);
    if (typeof found === 'string') onUnsound(key?.kid ?? null, found);
    else sound.push(found);
  }
  const alone: JWK[] = [];
  for (const [n, key] of sound.entries()) {
    const namesakes = sound.filter((other, at) => at !== n && isNamesake(key, other));
    if (namesakes.some((other) => !isSame(key, other)))
      onUnsound(key.kid ?? null, 'another key of the set has its name');
    else if (!alone.some((other) => isNamesake(key, other))) alone.push(key);
  }
  return { keys: alone };
}

/** The key, or why it is not used. */
function lookAt(key: JWK): JWK | string {
  if (key.kty === 'oct') return 'it is a shared secret';
  if (privateMembers.some((name) => name in key)) return 'it holds what its owner alone may know';
  if (key.use !== undefined && key.use !== 'sig') return 'it is not for signatures (use)';
  if (key.key_ops?.includes('verify') === false) return 'it is not for signatures (key_ops)';
  const fits = key.alg === undefined ? undefined : keyOf[key.alg];
  if (fits !== undefined && fits !== (key.crv ?? key.kty)) return `it does not fit its algorithm ${key.alg}`;
  const read = readKey(key);
  if (read === undefined) return 'it is no key that can be read';
  return whyUnsound(read) ?? { ...key, ...read.export({ format: 'jwk' }) };
}

function readKey(key: JWK): KeyObject | undefined {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** Would a token's header that names one of them find the other too? */
function isNamesake(one: JWK, other: JWK): boolean {
  const differs = one.alg !== undefined && other.alg !== undefined && one.alg !== other.alg;
  return one.kid !== undefined && one.kid === other.kid && kindOf(one) === kindOf(other) && !differs;
}

function isSame(one: JWK, other: JWK): boolean {
  return one.n === other.n && one.e === other.e && one.x === other.x && one.y === other.y;
}

function kindOf({ crv, kty }: JWK): string {
  return `${kty} ${crv}`;
}
