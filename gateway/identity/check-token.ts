import { CodedError } from '#domain/error.ts';
import { withdrawRights } from '#governance/person/withdraw-rights.ts';
import type { RecordEvent } from '#governance/record.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { newId } from '#platform/new-id.ts';
import type { Identity } from '#platform/oidc/actor-from-claims.ts';
import type { AskProvider } from '#platform/oidc/ask-provider.ts';
import type { Identified } from '#platform/oidc/identify.ts';
import { saysNoRights } from '#platform/oidc/meaning.ts';
import type { GrantStore } from '#stores/person/grants.ts';
import type { PeopleStore } from '#stores/person/people.ts';
import { askUntil } from './ask-until.ts';
import { createRemembered, personKey } from './remembered.ts';

/**
 * Asks the provider whether a token's person still has the rights that it states, and returns those they have. While
 * the provider is away, or if it has no endpoint for this, the token is believed until it expires. Throws
 * `invalid_token` when the provider no longer accepts the token, `forbidden` or `TENANT_UNKNOWN` for no rights.
 */
export interface CheckToken {
  (accessToken: string, identified: Identified): Promise<Identity>;
  forget(person: { tenantId: string; userId: string }): void;
  forgetAll(): void;
}

interface CheckTokenOptions {
  ask: Pick<AskProvider, 'rightsOf'>;
  people: Pick<PeopleStore, 'confirmed' | 'rights' | 'withdraw'>;
  grants: Pick<GrantStore, 'keep'>;
  recordEvent: RecordEvent;
  /** At most one question per token in this time, in milliseconds. */
  recheckMs: number;
  /** Milliseconds since the epoch. */
  nowMs: () => number;
}

export function createCheckToken(options: CheckTokenOptions): CheckToken {
  const remembered = createRemembered<Identity>({ ms: options.recheckMs });

  const check = (accessToken: string, identified: Identified): Promise<Identity> =>
    remembered
      .get(personKey(identified.identity.actor), sha256Hex(accessToken), () =>
        confirm(options, accessToken, identified),
      )
      .catch((error: unknown) => {
        const isAway = error instanceof CodedError && error.code === 'IDENTITY_PROVIDER_UNAVAILABLE';
        if (isAway) return identified.identity;
        throw error;
      });

  return Object.assign(check, {
    forget: (person: { tenantId: string; userId: string }) => remembered.forget(personKey(person)),
    forgetAll: () => remembered.forgetAll(),
  });
}

async function confirm(
  options: CheckTokenOptions,
  accessToken: string,
  { identity, expiresAt, providerSession }: Identified,
): Promise<Identity> {
  const { ask, people, grants, nowMs } = options;
  const { tenantId, userId } = identity.actor;
  const at = new Date(nowMs()).toISOString();
  const told = await ask.rightsOf(accessToken).catch(async (error: unknown) => {
    if (saysNoRights(error)) await withdrawRights(options, identity.actor);
    throw error;
  });
  if (told === undefined) return identity;
  if (told.actor.tenantId !== tenantId) {
    // The person has gone to another tenant, and is nobody in this one.
    await withdrawRights(options, identity.actor);
    throw new CodedError('invalid_token', { detail: { reason: 'tenant' } });
  }
  const { actor, ...stated } = told;
  await people.confirmed(tenantId, { userId, role: actor.role, orgUnit: actor.orgUnit, ...stated }, at);
  if (askUntil(expiresAt) > nowMs()) {
    await grants.keep(tenantId, {
      id: newId('grant'),
      userId,
      kind: 'bearer',
      token: accessToken,
      expiresAt: new Date(askUntil(expiresAt)).toISOString(),
      providerSession: providerSession === null ? null : sha256Hex(providerSession),
      offline: false,
    });
  }
  return { ...told, issuedAt: at };
}
