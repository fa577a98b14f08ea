/**
 * A cache: never the only copy of anything. Keys start with what they belong to (`session:…`, `tenant:acme:…`). Every
 * method rejects with `DATABASE_UNAVAILABLE` when the cache can't be reached in time; callers continue without it.
 */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  /** `ttlMs` is a whole number of milliseconds, 1 or more. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** One round trip. */
  ping(): Promise<void>;
  close(): Promise<void>;
  /** For `/api/v1/status` and the log. */
  kind: 'redis' | 'in-memory';
}
