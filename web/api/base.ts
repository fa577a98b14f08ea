import { addressOf, type Call, type SentParts } from '#domain/call.ts';

/** `/t/<tenant>` if the page is below it (`TENANT_ROUTING=path`); else empty. */
export function tenantPathIn(pathname: string): string {
  return /^\/t\/[a-z0-9-]+(?=\/)/.exec(pathname)?.[0] ?? '';
}

/** The base of the page in which this runs. */
export const tenantPath = tenantPathIn(globalThis.location?.pathname ?? '/');

/** A field of a form that is left empty filters nothing. */
function chosen(query: SentParts['query'] = {}): NonNullable<SentParts['query']> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}

/** Where the page finds a call: below the tenant's path as the page itself; what is no part of the API has one place. */
export function addressAt(call: Call, parts: SentParts, below: string = tenantPath): string {
  const address = addressOf(call, { ...parts, query: chosen(parts.query) });
  return call.path.startsWith('/api/') ? `${below}${address}` : address;
}
