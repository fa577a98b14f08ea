type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Did our own page send this? A second line of defence behind `SameSite=Strict`. Every browser sends `Origin` with a
 * POST, so a call with neither header does not come from a person's browser and is refused.
 */
export function isSameOrigin(headers: Headers, ownOrigin: string): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined ? site === 'same-origin' : origin === ownOrigin;
}

/** Methods that change nothing need no such check. */
export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
