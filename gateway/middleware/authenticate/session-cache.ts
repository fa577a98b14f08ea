import { z } from 'zod';
import type { Cache } from '#platform/cache/cache.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import type { Identity } from '#platform/oidc/actor-from-claims.ts';
import { identitySchema } from '#platform/oidc/identity.schema.ts';

/**
 * Identities by session, for half a minute. Sealed, so that whoever can write to Redis can't make a session; and
 * never in the way: without the cache PostgreSQL answers.
 */
export interface SessionCache {
  get(idHash: string): Promise<Identity | undefined>;
  set(idHash: string, identity: Identity, ttlMs: number): Promise<void>;
  delete(idHash: string): Promise<void>;
}

const entry = z.strictObject({ identity: identitySchema, until: z.number() });

interface SessionCacheOptions {
  cache: Pick<Cache, 'get' | 'set' | 'delete'>;
  envelope: Envelope;
  /** Milliseconds since the epoch. */
  now: () => number;
}

export function createSessionCache({ cache, envelope, now }: SessionCacheOptions): SessionCache {
  return {
    async get(idHash) {
      try {
        const sealed = await cache.get(keyOf(idHash));
        if (sealed === undefined) return undefined;
        const plain = Buffer.from(envelope.open(Buffer.from(sealed, 'base64'), keyOf(idHash)));
        const { identity, until } = entry.parse(JSON.parse(plain.toString('utf8')));
        return until > now() ? identity : undefined;
      } catch {
        return undefined;
      }
    },
    async set(idHash, identity, ttlMs) {
      if (ttlMs <= 0) return;
      const plain = JSON.stringify({ identity, until: now() + ttlMs });
      const sealed = Buffer.from(envelope.seal(Buffer.from(plain), keyOf(idHash)));
      await cache.set(keyOf(idHash), sealed.toString('base64'), Math.ceil(ttlMs)).catch(() => undefined);
    },
    delete: (idHash) => cache.delete(keyOf(idHash)).catch(() => undefined),
  };
}

function keyOf(idHash: string): string {
  return `session:${idHash}`;
}
