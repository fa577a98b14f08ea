import { createHash } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { CodedError } from '#domain/error.ts';
import { hasDuplicateNames } from '#domain/json/parse-json.ts';
import { acceptedAlgorithms } from './verify-token.ts';

/** The hash of each signature algorithm, with which `at_hash` is made (OpenID Connect Core §3.1.3.6). */
const hashes: Readonly<Record<string, string>> = {
  RS256: 'sha256',
  PS256: 'sha256',
  ES256: 'sha256',
  EdDSA: 'sha512',
};

/**
 * Checks what the library leaves open of an identity token that it has verified: its algorithm is one of ours, no
 * member appears twice, and it was made for this access token. Throws `invalid_token`.
 */
export function checkIdToken(idToken: string, accessToken: string, atHash: unknown): void {
  const { alg = '' } = decodeProtectedHeader(idToken);
  if (!acceptedAlgorithms.includes(alg)) throw refused('algorithm');
  const parts = idToken.split('.').slice(0, 2);
  if (parts.some((part) => hasDuplicateNames(Buffer.from(part, 'base64url').toString())))
    throw refused('duplicate');
  if (atHash !== undefined && atHash !== leftHalf(accessToken, hashes[alg] ?? 'sha256'))
    throw refused('at_hash');
}

function leftHalf(accessToken: string, hash: string): string {
  const digest = createHash(hash).update(accessToken, 'ascii').digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

function refused(reason: string): CodedError {
  return new CodedError('invalid_token', { detail: { reason } });
}
