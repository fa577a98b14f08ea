const longest = 2_048;

/**
 * Where to go after sign-in: a path on this gateway, else `/`. Anything that a browser could take for another origin is
 * replaced: `//host`, `/\host`, a scheme, control characters that browsers drop before they parse.
 */
export function returnPath(wanted: string | undefined): string {
  if (wanted === undefined || wanted.length > longest || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(wanted)) {
    return '/';
  }
  const here = 'http://gateway.invalid';
  const url = URL.parse(wanted, here);
  if (url === null || url.origin !== here || url.pathname.startsWith('//')) return '/';
  // Returning into the sign-in itself would be a loop.
  return url.pathname.startsWith('/auth/') ? '/' : `${url.pathname}${url.search}${url.hash}`;
}
