/** Browsers take a cookie of this name only over https and from this very host, never from a neighbour for the whole domain. */
const hostPrefix = '__Host-';

interface CookieOptions {
  name: string;
  /** Hex or base64url: characters that need no quoting. */
  value: string;
  sameSite: 'Strict' | 'Lax';
  maxAgeSeconds: number;
  /** Is PUBLIC_URL https? */
  secure: boolean;
}

/**
 * One `Set-Cookie` value. Over plain http `Secure` and the prefix that needs it are left out: browsers would drop such
 * a cookie there, and the configuration allows plain http only on the machine's own addresses.
 */
export function setCookie({ name, value, sameSite, maxAgeSeconds, secure }: CookieOptions): string {
  const parts = [`${secure ? hostPrefix : ''}${name}=${value}`, 'HttpOnly', ...(secure ? ['Secure'] : [])];
  return [...parts, `SameSite=${sameSite}`, `Max-Age=${maxAgeSeconds}`, 'Path=/'].join('; ');
}

/** The cookies of a call that `setCookie` made, by their names there; one that a neighbour tossed in is not among them. */
export function ownCookies(
  cookies: Readonly<Record<string, string | undefined>>,
  secure: boolean,
): Record<string, string | undefined> {
  if (!secure) return { ...cookies };
  return Object.fromEntries(
    Object.entries(cookies).flatMap(([name, value]) =>
      name.startsWith(hostPrefix) ? [[name.slice(hostPrefix.length), value]] : [],
    ),
  );
}
