export const sessionCookieName = 'session';

interface CookieOptions {
  name: string;
  /** Hex or base64url: characters that need no quoting. */
  value: string;
  sameSite: 'Strict' | 'Lax';
  maxAgeSeconds: number;
  path?: string;
  secure: boolean;
}

/**
 * One `Set-Cookie` value. `Secure` is left out where PUBLIC_URL is plain http: browsers would drop such a cookie there,
 * and the configuration allows plain http only on the machine's own addresses.
 */
export function setCookie({
  name,
  value,
  sameSite,
  maxAgeSeconds,
  path = '/',
  secure,
}: CookieOptions): string {
  const parts = [`${name}=${value}`, 'HttpOnly', ...(secure ? ['Secure'] : [])];
  return [...parts, `SameSite=${sameSite}`, `Max-Age=${maxAgeSeconds}`, `Path=${path}`].join('; ');
}

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
