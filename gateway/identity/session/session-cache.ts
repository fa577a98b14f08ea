import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Cache } from '#platform/cache/cache.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import type { Identity } from '#platform/oidc/actor-from-claims.ts';
import { identitySchema } from '#platform/oidc/identity.schema.ts';
import { personKey } from '../remembered.ts';

interface CachedSession {
  identity: Identity;
  sessionId: string;
}

/**
 * Identities and public ids by session, for half a minute. Sealed, so that nobody who can write to Redis can make a
 * session. Never a hindrance: without the cache, PostgreSQL answers.
 */
export interface SessionCache {
  get(idHash: string): Promise<CachedSession | undefined>;
  /** `ttlMs` is at most `longestCachedMs`. */
  set(idHash: string, session: CachedSession, ttlMs: number): Promise<void>;
  /** Takes effect in this process for good, in Redis if it can be reached. */
  delete(idHash: string): Promise<void>;
  /**
   * Something ended for this person (`undefined` = perhaps for anybody). Older copies may remain in a Redis that could
   * not be reached at the time, so none is believed until all of them have expired.
   */
  distrust(person: { tenantId: string; userId: string } | undefined): void;
}

export const longestCachedMs = 30_000;
/** Longer than a copy lives, even one that another gateway wrote before it was told. */
const distrustedMs = longestCachedMs + 10_000;
const mostDistrusted = 100_000;

const entry = z.strictObject({ identity: identitySchema, sessionId: z.string(), until: z.number() });

interface SessionCacheOptions {
  cache: Pick<Cache, 'get' | 'set' | 'delete'>;
  envelope: Envelope;
  /** Milliseconds since the epoch. */
  nowMs: () => number;
}

export function createSessionCache({ cache, envelope, nowMs }: SessionCacheOptions): SessionCache {
  const settings = { max: mostDistrusted, ttl: distrustedMs };
  const ended = new LRUCache<string, true>(settings);
  const people = new LRUCache<string, true>(settings);
  let nobodyUntil = 0;
  const isTrusted = (idHash: string, { actor }: Identity) =>
    performance.now() >= nobodyUntil && !ended.has(idHash) && !people.has(personKey(actor));

  return {
    async get(idHash) {
      try {
        const sealed = await cache.get(keyOf(idHash));
        if (sealed === undefined) return undefined;
        const plain = Buffer.from(envelope.open(Buffer.from(sealed, 'base64'), keyOf(idHash)));
        const { until, ...session } = entry.parse(JSON.parse(plain.toString('utf8')));
        return until > nowMs() && isTrusted(idHash, session.identity) ? session : undefined;
      } catch {
        return undefined;
      }
    },
    async set(idHash, session, ttlMs) {
      if (ttlMs <= 0 || !isTrusted(idHash, session.identity)) return;
      const plain = JSON.stringify({ ...session, until: nowMs() + ttlMs });
      const sealed = Buffer.from(envelope.seal(Buffer.from(plain), keyOf(idHash)));
      await cache.set(keyOf(idHash), sealed.toString('base64'), Math.ceil(ttlMs)).catch(() => undefined);
    },
    delete: (idHash) => {
      ended.set(idHash, true);
      return cache.delete(keyOf(idHash)).catch(() => undefined);
    },
    distrust: (person) => {
      if (person === undefined) nobodyUntil = performance.now() + distrustedMs;
      else people.set(personKey(person), true);
    },
  };
}

function keyOf(idHash: string): string {
  return `session:${idHash}`;
}
