import canonicalize from 'canonicalize';

/** Canonical JSON after RFC 8785; throws `TypeError` for what JSON can't express (functions, cycles, NaN). */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}
