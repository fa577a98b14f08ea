import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { CodedError } from '#domain/error.ts';
import { hasDuplicateNames } from '#domain/json/parse-json.ts';
import { clockSkewSeconds } from './discover.ts';
import { acceptedAlgorithms } from './verify-token.ts';

/** Who was signed out at the provider; at least one of the two is there. */
export interface LogoutNotice {
  /** Unique per token. */
  jti: string;
  userId: string | undefined;
  /** The provider's own name for the sign-in. */
  providerSession: string | undefined;
  /** The tenant claim, if the provider includes it. */
  tenant: string | undefined;
  /** ISO 8601: when the token becomes too old to be accepted anyway. */
  expiresAt: string;
}

interface LogoutTokenOptions {
  issuer: string;
  /** OIDC_CLIENT_ID and OIDC_CLI_CLIENT_ID, for which logout tokens are made. */
  clientIds: readonly string[];
  keys: JWTVerifyGetKey;
  tenantClaim: string;
  /** Milliseconds since the epoch. */
  nowMs: () => number;
}

export type VerifyLogoutToken = (token: string) => Promise<LogoutNotice>;

const event = 'http://schemas.openid.net/event/backchannel-logout';
const longestToken = 8_192;
const longestName = 255;
/** A notice is sent at once; an old one is not accepted. */
const oldestSeconds = 300;

/**
 * Checks a logout token (OpenID Connect Back-Channel Logout 1.0 §2.6). Throws `INVALID_REQUEST`, as the specification
 * requires a 400, or `IDENTITY_PROVIDER_UNAVAILABLE` when no key is known.
 */
export function createLogoutTokenVerifier(options: LogoutTokenOptions): VerifyLogoutToken {
  return async (token) => {
    if (token.length > longestToken) throw refused('size');
    const atMs = options.nowMs();
    const { payload, protectedHeader } = await jwtVerify(token, options.keys, {
      issuer: options.issuer,
      audience: [...options.clientIds],
      algorithms: acceptedAlgorithms,
      clockTolerance: clockSkewSeconds,
      requiredClaims: ['iat', 'jti', 'events'],
      maxTokenAge: oldestSeconds,
      currentDate: new Date(atMs),
    }).catch((error: unknown) => {
      throw error instanceof CodedError ? error : refused(reasonOf(error), error);
    });
    if (token.split('.').slice(0, 2).some(namesTwice)) throw refused('duplicate');
    const { typ } = protectedHeader;
    const isLogout = typ === undefined || /^(application\/)?(logout\+jwt|jwt)$/i.test(typ);
    if (!isLogout) throw refused('type');
    const { sub, sid, jti, iat = 0, nonce, events } = payload;
    if (nonce !== undefined) throw refused('nonce');
    if (!isObject(events) || !isObject(events[event])) throw refused('events');
    const userId = nameOf(sub);
    const providerSession = nameOf(sid);
    const id = nameOf(jti);
    if (id === undefined) throw refused('jti');
    if (userId === undefined && providerSession === undefined) throw refused('subject');
    const tenant = nameOf(payload[options.tenantClaim]);
    const expiresAt = new Date((iat + oldestSeconds + clockSkewSeconds) * 1_000).toISOString();
    return { jti: id, userId, providerSession, tenant, expiresAt };
  };
}

function nameOf(claim: unknown): string | undefined {
  if (claim === undefined) return undefined;
  if (typeof claim !== 'string' || claim === '' || claim.length > longestName || /[\s\p{C}]/u.test(claim)) {
    throw refused('subject');
  }
  return claim;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function namesTwice(part: string): boolean {
  return hasDuplicateNames(Buffer.from(part, 'base64url').toString());
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim;
  return 'signature';
}

function refused(reason: string, cause?: unknown): CodedError {
  const message = 'This is no logout token of our identity provider.';
  return new CodedError('INVALID_REQUEST', { message, detail: { reason }, cause });
}
