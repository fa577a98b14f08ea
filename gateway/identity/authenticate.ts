import { CodedError } from '#domain/error.ts';
import type { Identity } from '#platform/oidc/actor-from-claims.ts';
import type { Identify } from '#platform/oidc/identify.ts';
import { bearerToken } from './bearer-token.ts';
import type { CheckToken } from './check-token.ts';
import type { RefuseEnded } from './ended-sign-ins.ts';
import type { NoteSeen } from './last-seen.ts';
import { isSafeMethod, isSameOrigin } from './same-origin.ts';
import type { BrowserSessions } from './session/browser-sessions.ts';
import { refuseOtherSession } from './session/same-session.ts';
import { sessionCookie, sessionCookieName } from './session/session-cookie.ts';

/** The parts of a call that say who calls. */
export interface Caller {
  method: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  cookies: Readonly<Record<string, string | undefined>>;
}

export interface Authenticated {
  identity: Identity;
  /** Public id of the session; `undefined` for a token. */
  sessionId?: string;
  /** `Set-Cookie` that prolongs the session, when it has just been used. */
  renewedCookie?: string;
}

/**
 * Finds out who calls, by bearer token or session cookie; if both are there, the token counts. Throws `missing_token`,
 * `invalid_token`, `invalid_session`, `session_not_found`, `session_expired`, `SESSION_CHANGED`, `forbidden`,
 * `TENANT_UNKNOWN`, `IDENTITY_PROVIDER_UNAVAILABLE`, `DATABASE_UNAVAILABLE`.
 */
export type Authenticate = (caller: Caller) => Promise<Authenticated>;

interface AuthenticateOptions {
  identify: Identify;
  refuseEnded: RefuseEnded;
  checkToken: CheckToken;
  sessions: Pick<BrowserSessions, 'find'>;
  noteSeen: NoteSeen;
  /** PUBLIC_URL. */
  publicUrl: URL;
  /** Lifetime in seconds of the cookie of an unused session. */
  cookieSeconds: number;
}

export function createAuthenticate({
  identify,
  refuseEnded,
  checkToken,
  sessions,
  noteSeen,
  publicUrl,
  cookieSeconds,
}: AuthenticateOptions): Authenticate {
  const cookieOf = (value: string) =>
    sessionCookie(value, { secure: publicUrl.protocol === 'https:', maxAgeSeconds: cookieSeconds });

  const byToken = async (token: string): Promise<Authenticated> => {
    const identified = await identify(token);
    await refuseEnded(identified);
    const identity = await checkToken(token, identified);
    return { identity: await noteSeen(identity, 'invalid_token') };
  };

  const bySession = async (cookie: string, caller: Caller): Promise<Authenticated> => {
    if (!isSafeMethod(caller.method) && !isSameOrigin(caller.headers, publicUrl.origin)) {
      throw new CodedError('forbidden', { message: 'Another site sent this call.' });
    }
    const { setCookie, sessionId, ...found } = await sessions.find(cookie, (id) =>
      refuseOtherSession(caller, id),
    );
    const identity = await noteSeen(found.identity, 'session_expired');
    return {
      identity,
      sessionId,
      ...(setCookie === undefined ? {} : { renewedCookie: cookieOf(setCookie) }),
    };
  };

  return async (caller) => {
    const token = bearerToken(caller.headers.authorization);
    if (token !== undefined) return byToken(token);
    const cookie = caller.cookies[sessionCookieName];
    if (cookie !== undefined && cookie !== '') return bySession(cookie, caller);
    throw new CodedError('missing_token');
  };
}
