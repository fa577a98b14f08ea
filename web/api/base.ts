import { addressOf, type Call, type SentParts, said } from '#domain/call.ts';

/** `/t/<tenant>` if the page is below it (`TENANT_ROUTING=path`); else empty. */
export function tenantPathIn(pathname: string): string {
  return /^\/t\/[a-z0-9-]+(?=\/)/.exec(pathname)?.[0] ?? '';
}

/** The base of the page in which this runs. */
export const tenantPath = tenantPathIn(globalThis.location?.pathname ?? '/');

/** What a page says of a query or of headers: a field that is left empty says nothing. */
export function chosen(fields: SentParts['query']): Record<string, string> {
  return Object.fromEntries(Object.entries(said(fields)).filter(([, value]) => value !== ''));
}

/** Where the page finds a call: below the tenant's path as the page itself; what is no part of the API has one place. */
export function addressAt(call: Call, parts: SentParts, below: string = tenantPath): string {
  const address = addressOf(call, { ...parts, query: chosen(parts.query) });
  return call.path.startsWith('/api/') ? `${below}${address}` : address;
}
