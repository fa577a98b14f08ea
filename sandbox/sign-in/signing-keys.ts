import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { writePrivate } from '../write-private.ts';

export interface SigningKeys {
  jwks: { keys: JWK[] };
  /** The same without the private parts. */
  publicJwks: { keys: JWK[] };
  cookieKeys: string[];
}

/** The provider's RSA key and cookie keys, stored in `folder`, so that sign-ins survive a restart. */
export async function signingKeys(folder: string): Promise<SigningKeys> {
  const file = join(folder, 'signing-keys.json');
  if (existsSync(file)) {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isSigningKeys(kept)) return kept;
    throw new Error(
      `${file} does not hold the keys of the sign-in provider; move it away to have new ones made`,
    );
  }
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const about = { alg: 'RS256', use: 'sig', kid: randomBytes(8).toString('hex') };
  const made: SigningKeys = {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), ...about }] },
    publicJwks: { keys: [{ ...(await exportJWK(publicKey)), ...about }] },
    cookieKeys: [randomBytes(32).toString('base64url')],
  };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writePrivate(file, JSON.stringify(made));
  return made;
}

function isSigningKeys(value: unknown): value is SigningKeys {
  return (
    typeof value === 'object' &&
    value !== null &&
    'jwks' in value &&
    'publicJwks' in value &&
    'cookieKeys' in value
  );
}
