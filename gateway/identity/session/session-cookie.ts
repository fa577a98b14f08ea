import { setCookie } from '../../http/cookies.ts';

export const sessionCookieName = 'session';

interface SessionCookieOptions {
  secure: boolean;
  /** As long as an unused session lives. */
  maxAgeSeconds: number;
}

export function sessionCookie(value: string, { secure, maxAgeSeconds }: SessionCookieOptions): string {
  return setCookie({ name: sessionCookieName, value, sameSite: 'Strict', maxAgeSeconds, secure });
}

export function endedSessionCookie(secure: boolean): string {
  return sessionCookie('', { secure, maxAgeSeconds: 0 });
}
