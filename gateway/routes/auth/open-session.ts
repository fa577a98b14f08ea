import { sessionCookie, sessionCookieName } from '../../middleware/authenticate/session-cookie.ts';
import type { SignedIn } from '../../oidc/sign-in.ts';
import type { AuthDependencies } from './auth-dependencies.ts';

type Needs = Pick<AuthDependencies, 'sessions' | 'noteSeen' | 'recordEvent' | 'publicUrl'>;

/**
 * Opens the session of a finished sign-in and returns its `Set-Cookie`. A session that the browser had before ends:
 * its value is never taken over. On the record before the cookie leaves.
 */
export async function openSession(
  signedIn: SignedIn,
  cookies: Readonly<Record<string, string | undefined>>,
  { sessions, noteSeen, recordEvent, publicUrl }: Needs,
): Promise<string> {
  const { actor } = signedIn.identity;
  await noteSeen(signedIn.identity, 'session_expired');
  await sessions.end(cookies[sessionCookieName] ?? '');
  await recordEvent(actor, {
    event: 'session.opened',
    detail: 'signed in with a browser',
    outcome: 'success',
  });
  return sessionCookie(await sessions.open(signedIn), publicUrl.protocol === 'https:');
}
