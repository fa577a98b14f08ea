import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

const names = new LRUCache<string, string>({ max: 1_000, memoMethod: nameOf });

/**
 * A name under which a connection prepares the statement: parsed once, then only bound. PostgreSQL plans it again when
 * the search path has changed, so one connection can serve many tenants.
 */
export function preparedName(text: string): string {
  return names.memo(text);
}

function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 24);
}
