import { CodedError } from '#domain/error.ts';
import { sessionHeader } from '#domain/person/session-header.ts';
import { isSafeMethod } from '../same-origin.ts';

interface Named {
  method: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * All tabs of a browser share one cookie, which may by now be of another session than a page shows. So whatever changes
 * something names the session that its page shows, by its public id; what only reads may do so.
 */
export function namesSession({ method, headers }: Named, sessionId: string): boolean {
  const named = headers[sessionHeader];
  return named === undefined ? isSafeMethod(method) : named === sessionId;
}

/** Throws `SESSION_CHANGED` for a call that was made from the page of another session. */
export function refuseOtherSession(caller: Named, sessionId: string): void {
  if (!namesSession(caller, sessionId)) throw new CodedError('SESSION_CHANGED');
}
