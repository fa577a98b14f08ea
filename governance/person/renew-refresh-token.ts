import type { Identity } from '#platform/oidc/actor-from-claims.ts';
import type { AskProvider } from '#platform/oidc/ask-provider.ts';
import type { GrantStore } from '#stores/person/grants.ts';

/** A token that the provider can be asked with, reserved under a name. */
export interface LeasedToken {
  grantId: string;
  name: string;
  token: string;
}

interface RenewOptions {
  ask: AskProvider;
  grants: Pick<GrantStore, 'endLease'>;
  now: () => Date;
}

/**
 * Uses a refresh token: the provider answers with a new one, which is stored, and with the person's rights now. Throws
 * what `AskProvider.refresh` and `personIn` throw.
 */
export async function renewRefreshToken(
  { ask, grants, now }: RenewOptions,
  { tenantId, userId }: { tenantId: string; userId: string },
  { grantId, name, token }: LeasedToken,
): Promise<{ identity: Identity; idToken: string | null }> {
  const usedAt = now().toISOString();
  const tokens = await ask.refresh(token, userId);
  // Stored before anything else is asked: the previous refresh token may be worthless now.
  await grants.endLease(tenantId, grantId, { name, next: { token: tokens.refreshToken, usedAt } });
  return { identity: await ask.personIn(tokens.accessToken, userId), idToken: tokens.idToken };
}
