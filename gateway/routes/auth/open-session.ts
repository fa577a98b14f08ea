import type { SignedIn } from '#platform/oidc/signed-in.ts';
import type { IdentityParts } from '../../identity/identity-parts.ts';
import { sessionCookie, sessionCookieName } from '../../identity/session/session-cookie.ts';

type Needs = Pick<IdentityParts, 'sessions' | 'noteSeen' | 'recordEvent' | 'publicUrl' | 'cookieSeconds'>;

interface Browser {
  cookies: Readonly<Record<string, string | undefined>>;
  rawHeaders: Readonly<Record<string, string | string[] | undefined>>;
}

const longestName = 200;

/**
 * Opens the session of a finished sign-in and returns its `Set-Cookie`. A session that the browser already had ends:
 * its value is never reused. Recorded before the cookie is sent.
 */
export async function openSession(
  signedIn: SignedIn,
  { cookies, rawHeaders }: Browser,
  { sessions, noteSeen, recordEvent, publicUrl, cookieSeconds }: Needs,
): Promise<string> {
  const { actor } = signedIn.identity;
  await noteSeen(signedIn.identity, 'session_expired');
  await sessions.end(cookies[sessionCookieName] ?? '');
  await recordEvent(actor, {
    event: 'session.opened',
    detail: 'signed in with a browser',
    outcome: 'success',
  });
  const { 'user-agent': agent } = rawHeaders;
  const browser =
    typeof agent === 'string' ? agent.replace(/\P{ASCII}|\p{C}/gu, '').slice(0, longestName) : null;
  const cookie = await sessions.open(signedIn, browser);
  return sessionCookie(cookie, { secure: publicUrl.protocol === 'https:', maxAgeSeconds: cookieSeconds });
}
