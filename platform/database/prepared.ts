import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

const names = new LRUCache<string, string>({ max: 1_000, memoMethod: nameOf });

/**
 * A name under which a connection keeps the statement prepared: parsed once, then only bound. PostgreSQL plans it anew
 * when the search path has changed, so that one connection may serve many tenants.
 */
export function preparedName(text: string): string {
  return names.memo(text);
}

function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 24);
}
