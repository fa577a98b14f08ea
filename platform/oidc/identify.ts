import { CodedError } from '#domain/error.ts';
import { actorFromClaims, type ClaimsMap, type Identity, tenantFromClaims } from './actor-from-claims.ts';
import type { VerifyToken } from './verify-token.ts';

export interface IdentifyOptions {
  verifyToken: VerifyToken;
  claimsMap: ClaimsMap;
  /** stores/tenant/tenants.ts, as far as it is needed here. */
  tenants: { find(id: string): Promise<unknown> };
  /** Called for a person of a known tenant who signed in and has no rights. */
  onForbidden?: (person: { tenantId: string; userId: string }, reason: string) => Promise<void>;
}

export interface Identified {
  identity: Identity;
  /** Seconds since the epoch: when the token expires. */
  expiresAt: number;
  /** The provider's own name for the sign-in (`sid`), where it tells one. */
  providerSession: string | null;
}

/** Throws `invalid_token`, `TENANT_UNKNOWN`, `forbidden`, `IDENTITY_PROVIDER_UNAVAILABLE`, `DATABASE_UNAVAILABLE`. */
export type Identify = (accessToken: string) => Promise<Identified>;

/**
 * Turns an access token into a person with rights. Checks that the token is valid, the tenant known, and a role given,
 * in that order.
 */
export function createIdentify({ verifyToken, claimsMap, tenants, onForbidden }: IdentifyOptions): Identify {
  return async (accessToken) => {
    const claims = await verifyToken(accessToken);
    const tenantId = tenantFromClaims(claims, claimsMap);
    if ((await tenants.find(tenantId)) === undefined) throw new CodedError('TENANT_UNKNOWN');
    try {
      const { exp: expiresAt, sid } = claims;
      const providerSession = typeof sid === 'string' && sid !== '' ? sid : null;
      return { identity: actorFromClaims(claims, claimsMap), expiresAt, providerSession };
    } catch (error) {
      if (error instanceof CodedError && error.code === 'forbidden') {
        await onForbidden?.({ tenantId, userId: claims.sub }, error.message);
      }
      throw error;
    }
  };
}
