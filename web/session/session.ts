import type { UserInfo } from '#domain/person/session.schema.ts';
import type { Failure } from '../api/failure.ts';

/** What the page knows of who is in front of it. */
export type Session =
  | { kind: 'loading' }
  | { kind: 'signed_out' }
  | { kind: 'signed_in'; who: UserInfo }
  /** Was signed in; the API has said 401 since. What is on the page stays. */
  | { kind: 'expired'; who: UserInfo }
  /** Signed in, but without a role or a tenant here. */
  | { kind: 'refused'; failure: Failure }
  | { kind: 'unreachable'; failure: Failure };

export type SessionEvent =
  | { kind: 'known'; who: UserInfo }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'ended' }
  | { kind: 'signed_out' };

export function sessionAfter(session: Session, event: SessionEvent): Session {
  switch (event.kind) {
    case 'known':
      return { kind: 'signed_in', who: event.who };
    case 'signed_out':
      return { kind: 'signed_out' };
    case 'ended':
      return 'who' in session ? { kind: 'expired', who: session.who } : { kind: 'signed_out' };
    case 'failed':
      return afterFailure(session, event.failure);
  }
}

/** A look that fails says nothing new of somebody who was signed in; 401 comes as `ended`. */
function afterFailure(session: Session, failure: Failure): Session {
  if (failure.status === 401) return session;
  if (failure.status === 403) return { kind: 'refused', failure };
  return 'who' in session ? session : { kind: 'unreachable', failure };
}
