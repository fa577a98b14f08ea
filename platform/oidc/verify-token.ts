import {
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import { CodedError } from '#domain/error.ts';
import { hasDuplicateNames } from '#domain/json/parse-json.ts';
import type { CautiousClock } from './cautious-clock.ts';
import { clockSkewSeconds } from './discover.ts';

interface TokenVerifierOptions {
  issuer: string;
  audience: string;
  keys: JWTVerifyGetKey;
  /** Clients whose tokens are accepted, by `azp` or `client_id`; tokens that name no client are accepted too. */
  clientIds: readonly string[];
  /** Milliseconds since the epoch; replaces `clock`. */
  nowMs?: () => number;
  /** Default: the wall clock alone. */
  clock?: CautiousClock;
}

export interface VerifiedClaims extends JWTPayload {
  sub: string;
  exp: number;
  iat: number;
}

/** Throws `invalid_token`, with `detail.reason`, or `IDENTITY_PROVIDER_UNAVAILABLE` when no key is known. */
export type VerifyToken = (token: string) => Promise<VerifiedClaims>;

/** Asymmetric only: a public key can't be taken for a shared secret (RFC 8725 §3.1). */
export const acceptedAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** Base64url without padding, exactly (RFC 7515 §2); decoders accept more than that. */
const compactForm = /^[\w-]+\.[\w-]+\.[\w-]*$/;

const longestToken = 8_192;
const longestHeader = 1_024;
const longestSubject = 255;
/** Seconds: the year 9999. */
const latestTime = 253_402_300_799;

/** Checks an access token: signature, type, issuer, audience, client, times, subject. */
export function createTokenVerifier(options: TokenVerifierOptions): VerifyToken {
  const nowMs = options.nowMs ?? Date.now;
  const clock = options.clock ?? { earliest: nowMs, latest: nowMs };
  return async (token) => {
    if (token.length > longestToken || token.indexOf('.') > longestHeader) throw refused('size');
    if (!compactForm.test(token)) throw refused('malformed');
    const { payload, protectedHeader } = await jwtVerify(token, options.keys, {
      issuer: options.issuer,
      audience: options.audience,
      algorithms: acceptedAlgorithms,
      clockTolerance: clockSkewSeconds,
      requiredClaims: ['sub', 'iat', 'exp'],
      // Expiry is checked by the later reading of the clock, a beginning (below) by the earlier one.
      currentDate: new Date(clock.latest()),
    }).catch((error: unknown) => {
      throw error instanceof CodedError ? error : refused(reasonOf(error), error);
    });
    if (token.split('.').slice(0, 2).some(namesTwice)) throw refused('duplicate');
    if (!isAccessToken(protectedHeader, payload)) throw refused('type');
    if (!fromKnownClient(payload, options.clientIds)) throw refused('client');
    if (!hasSubject(payload)) throw refused('subject');
    if (!hasRealTimes(payload)) throw refused('times');
    const soon = clock.earliest() / 1_000 + clockSkewSeconds;
    if (payload.iat > soon || (payload.nbf ?? 0) > soon) throw refused('not_yet_valid');
    return payload;
  };
}

function namesTwice(part: string): boolean {
  return hasDuplicateNames(Buffer.from(part, 'base64url').toString());
}

/** Identity and logout tokens are signed by the same keys, but they only tell something and give no access. */
function isAccessToken(header: ProtectedHeaderParameters, payload: JWTPayload): boolean {
  const type = typeof header.typ === 'string' ? header.typ.toLowerCase().replace(/^application\//, '') : '';
  if (type === 'at+jwt') return true;
  const marksOfOthers = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'];
  return type === 'jwt' && !marksOfOthers.some((claim) => claim in payload);
}

function fromKnownClient(payload: JWTPayload, clientIds: readonly string[]): boolean {
  return [payload.azp, payload.client_id].every(
    (client) => client === undefined || (typeof client === 'string' && clientIds.includes(client)),
  );
}

function hasSubject(payload: JWTPayload): payload is VerifiedClaims {
  const { sub } = payload;
  return typeof sub === 'string' && sub.length <= longestSubject && /^[^\s\p{C}]+$/u.test(sub);
}

/** JSON can contain `1e999`, which would be for ever. */
function hasRealTimes({ exp, iat, nbf = 0 }: VerifiedClaims): boolean {
  return [exp, iat, nbf].every((time) => time >= 0 && time <= latestTime);
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === 'nbf' ? 'not_yet_valid' : error.claim;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'key';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  return 'malformed';
}

function refused(reason: string, cause?: unknown): CodedError {
  return new CodedError('invalid_token', { detail: { reason }, cause });
}
