import { CodedError } from '#domain/error.ts';
import type { Identity } from '../../oidc/actor-from-claims.ts';
import type { Identify } from '../../oidc/identify.ts';
import { bearerToken } from './bearer-token.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import type { NoteSeen } from './last-seen.ts';
import { isSafeMethod, isSameOrigin } from './same-origin.ts';
import { sessionCookie, sessionCookieName } from './session-cookie.ts';

/** As much of a call as says who calls. */
export interface Caller {
  method: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  cookies: Readonly<Record<string, string | undefined>>;
}

export interface Authenticated {
  identity: Identity;
  /** `Set-Cookie` that lets the session live on, when it was used just now. */
  renewedCookie?: string;
}

/**
 * Who calls, by bearer token or session cookie; the token counts when both are there. Throws `missing_token`,
 * `invalid_token`, `invalid_session`, `session_not_found`, `session_expired`, `forbidden`, `TENANT_UNKNOWN`,
 * `IDENTITY_PROVIDER_UNAVAILABLE`, `DATABASE_UNAVAILABLE`.
 */
export type Authenticate = (caller: Caller) => Promise<Authenticated>;

interface AuthenticateOptions {
  identify: Identify;
  sessions: Pick<BrowserSessions, 'find'>;
  noteSeen: NoteSeen;
  /** PUBLIC_URL. */
  publicUrl: URL;
}

export function createAuthenticate({
  identify,
  sessions,
  noteSeen,
  publicUrl,
}: AuthenticateOptions): Authenticate {
  const byToken = async (token: string): Promise<Authenticated> => {
    const { identity } = await identify(token);
    await noteSeen(identity, 'invalid_token');
    return { identity };
  };

  const bySession = async (cookie: string, caller: Caller): Promise<Authenticated> => {
    if (!isSafeMethod(caller.method) && !isSameOrigin(caller.headers, publicUrl.origin)) {
      throw new CodedError('forbidden', { message: 'Another site sent this call.' });
    }
    const { identity, fresh } = await sessions.find(cookie);
    await noteSeen(identity, 'session_expired');
    return fresh
      ? { identity, renewedCookie: sessionCookie(cookie, publicUrl.protocol === 'https:') }
      : { identity };
  };

  return async (caller) => {
    const token = bearerToken(caller.headers.authorization);
    if (token !== undefined) return byToken(token);
    const cookie = caller.cookies[sessionCookieName];
    if (cookie !== undefined && cookie !== '') return bySession(cookie, caller);
    throw new CodedError('missing_token');
  };
}
