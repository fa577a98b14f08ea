type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Did our own page send this? Second line of defence behind `SameSite=Strict`. Every browser sends `Origin` with a
 * POST, so a call without either header is no browser of a person with a session, and is refused.
 */
export function isSameOrigin(headers: Headers, ownOrigin: string): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined ? site === 'same-origin' : origin === ownOrigin;
}

/** Methods that change nothing and so need no such check. */
export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
