import type { UserInfo } from '#domain/person/session.schema.ts';
import type { Failure } from '../api/failure.ts';

/** What the page knows about the person in front of it. */
export type Session =
  | { kind: 'loading' }
  | { kind: 'signed_out' }
  | { kind: 'signed_in'; who: UserInfo }
  /** Was signed in; since then the API has answered 401. The page stays as it is. */
  | { kind: 'expired'; who: UserInfo }
  /** Somebody else signed in in this browser meanwhile. The page stays as it is, until they say that it is theirs. */
  | { kind: 'changed'; who: UserInfo; other: UserInfo }
  /** Signed in, but without a role or a tenant here. */
  | { kind: 'refused'; failure: Failure }
  | { kind: 'unreachable'; failure: Failure };

export type SessionEvent =
  | { kind: 'known'; who: UserInfo }
  | { kind: 'failed'; failure: Failure }
  /** Who signed in meanwhile goes on with the page. */
  | { kind: 'taken_over' }
  | { kind: 'ended' }
  | { kind: 'signed_out' };

export function sessionAfter(session: Session, event: SessionEvent): Session {
  switch (event.kind) {
    case 'known':
      return 'who' in session && !isSamePerson(session.who, event.who)
        ? { kind: 'changed', who: session.who, other: event.who }
        : { kind: 'signed_in', who: event.who };
    case 'taken_over':
      return session.kind === 'changed' ? { kind: 'signed_in', who: session.other } : session;
    case 'signed_out':
      return { kind: 'signed_out' };
    case 'ended':
      return 'who' in session ? { kind: 'expired', who: session.who } : { kind: 'signed_out' };
    case 'failed':
      return afterFailure(session, event.failure);
  }
}

export function isSamePerson(one: UserInfo, other: UserInfo): boolean {
  return one.userId === other.userId && one.tenantId === other.tenantId;
}

/** A look that fails says nothing new about somebody who was signed in; a 401 arrives as `ended`. */
function afterFailure(session: Session, failure: Failure): Session {
  if (failure.status === 401) return session;
  if (failure.status === 403) return { kind: 'refused', failure };
  return 'who' in session ? session : { kind: 'unreachable', failure };
}
