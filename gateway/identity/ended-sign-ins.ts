import { CodedError } from '#domain/error.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { Identified } from '#platform/oidc/identify.ts';
import type { SessionStore } from '#stores/person/sessions.ts';
import { createRemembered, personKey } from './remembered.ts';

/**
 * Throws `invalid_token` for a token of a sign-in that the identity provider has ended. A token that doesn't say of
 * which sign-in it is (`sid`) lasts until it expires, or the provider says otherwise when it is asked.
 */
export interface RefuseEnded {
  (identified: Identified): Promise<void>;
  /** The next call looks again. */
  forget(person: { tenantId: string; userId: string }): void;
  forgetAll(): void;
}

interface RefuseEndedOptions {
  sessions: Pick<SessionStore, 'signInHasEnded'>;
  /** At most one look in this time per sign-in, in milliseconds. */
  everyMs: number;
}

export function createRefuseEnded({ sessions, everyMs }: RefuseEndedOptions): RefuseEnded {
  const remembered = createRemembered<{ isOver: boolean }>({ ms: everyMs });
  const refuse = async ({ identity, providerSession }: Identified): Promise<void> => {
    if (providerSession === null) return;
    const hash = sha256Hex(providerSession);
    const { isOver } = await remembered.get(personKey(identity.actor), hash, async () => ({
      isOver: await sessions.signInHasEnded(hash),
    }));
    if (isOver) throw new CodedError('invalid_token', { detail: { reason: 'signed_out' } });
  };
  return Object.assign(refuse, {
    forget: (person: { tenantId: string; userId: string }) => remembered.forget(personKey(person)),
    forgetAll: () => remembered.forgetAll(),
  });
}
