import { CodedError, errorFacts } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Authenticate } from '../../identity/authenticate.ts';
import type { RequestParts } from './parts.ts';

export type MayFollowParts = Pick<RequestParts, 'people' | 'sessionLives' | 'authenticate' | 'confirm'>;

interface Follower {
  actor: Actor;
  rawHeaders: Readonly<Record<string, string | string[] | undefined>>;
  session: string | undefined;
}

/**
 * A stream outlives the check at its beginning: has the person been signed out, or lost every right, since? The provider
 * is asked as often as for any call, also when the person makes no other.
 */
export async function createMayFollow(
  { people, sessionLives, authenticate, confirm }: MayFollowParts,
  { actor: { tenantId, userId }, rawHeaders: { authorization }, session }: Follower,
): Promise<() => Promise<boolean>> {
  const before = await people.rights(tenantId, userId);
  return async () => {
    // Looked up without the session's cookie: it may be turned, and a stream can't send the new one.
    if (authorization === undefined) await confirm.ofPerson(tenantId, userId);
    else if (!(await isStillIn(authenticate, authorization))) return false;
    const current = await people.rights(tenantId, userId);
    // A later sign-in lifts a sign-out only for what began after it.
    const isSignedIn = current?.revokedAt === null && current.notBefore === (before?.notBefore ?? null);
    const mayStill = isSignedIn && current.withdrawnAt === null;
    return mayStill && (session === undefined || sessionLives(session));
  };
}

async function isStillIn(authenticate: Authenticate, authorization: string | string[]): Promise<boolean> {
  try {
    await authenticate({ method: 'GET', headers: { authorization }, cookies: {} });
    return true;
  } catch (error) {
    if (error instanceof CodedError && !errorFacts(error.code).retryable) return false;
    throw error;
  }
}
