import { createSecretKey, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { createEnvelope, type Envelope } from '#platform/crypto/envelope.ts';
import { newId } from '#platform/new-id.ts';
import type { TenantDatabase } from '../database.ts';

/** A person as the audit log knows them. */
export interface Subject {
  /** Random name, `sub_…`. */
  subject: string;
  /** Seals and opens what entries say of the person. */
  envelope: Envelope;
}

export interface SubjectStore {
  /** By user id; a person without a subject gets one. Throws what `inTenant` throws. */
  ensure(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Subject>>;
  /** The subject of a person; `undefined` when the audit log has never known the person, or no longer does. */
  find(tenantId: string, userId: string): Promise<string | undefined>;
  /** Keys by subject, in one round trip; the erased are absent, and so is a key that nothing opens. */
  keys(tenantId: string, subjects: readonly string[]): Promise<ReadonlyMap<string, Envelope>>;
  /** The people behind subjects; the erased are absent. */
  userIds(tenantId: string, subjects: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Destroys a person's key, which can't be undone; `false` when it was destroyed before. */
  erase(tenantId: string, subject: string): Promise<boolean>;
}

/** The subject of one person, as `ensure` returns it. */
export async function ensureOne(
  subjects: Pick<SubjectStore, 'ensure'>,
  tenantId: string,
  userId: string,
): Promise<Subject> {
  const person = (await subjects.ensure(tenantId, [userId])).get(userId);
  if (person === undefined) throw new Error('a person without a subject');
  return person;
}

interface SubjectOptions {
  database: TenantDatabase;
  envelope: Envelope;
  /** How long another process may go on using a destroyed key, in milliseconds; default 30 000, at most 60 000. */
  maxAgeMs?: number;
}

const keyBytes = 32;
const keyId = 'p';
const cached = 20_000;

export function createSubjectStore({ database, envelope, maxAgeMs = 30_000 }: SubjectOptions): SubjectStore {
  const ttl = Math.min(maxAgeMs, 60_000);
  const people = new LRUCache<string, Subject, { tenantId: string; userId: string }>({
    max: cached,
    ttl,
    fetchMethod: (_key, _stale, { context }) => readOrMake(context.tenantId, context.userId),
  });
  // `null`: erased, or never there.
  const keys = new LRUCache<string, { envelope: Envelope | null }>({ max: cached, ttl });

  const unwrap = (tenantId: string, subject: string, sealedKey: Uint8Array): Envelope =>
    envelopeOf(envelope.open(sealedKey, placeOf(tenantId, subject)));

  /** `null` for bytes that are no key of ours: one bad row must not keep the entries of all others from being read. */
  function unwrapped(tenantId: string, subject: string, sealedKey: Uint8Array): Envelope | null {
    try {
      return unwrap(tenantId, subject, sealedKey);
    } catch {
      return null;
    }
  }

  async function readOrMake(tenantId: string, userId: string): Promise<Subject> {
    const row = await database.inTenant(tenantId, async (tx) => {
      const known = tx.selectFrom('subjects').select(['subject', 'sealed_key']).where('user_id', '=', userId);
      const found = await known.executeTakeFirst();
      if (found !== undefined) return found;
      const subject = newId('subject');
      const sealed_key = envelope.seal(randomBytes(keyBytes), placeOf(tenantId, subject));
      await tx
        .insertInto('subjects')
        .values({ subject, user_id: userId, sealed_key })
        .onConflict((conflict) => conflict.column('user_id').doNothing())
        .execute();
      return known.executeTakeFirstOrThrow();
    });
    if (row.sealed_key === null) throw new Error('a subject that is not erased has no key');
    return { subject: row.subject, envelope: unwrap(tenantId, row.subject, row.sealed_key) };
  }

  return {
    async ensure(tenantId, userIds) {
      const found = await Promise.all(
        [...new Set(userIds)].map(async (userId) => {
          const context = { tenantId, userId };
          return [userId, await people.forceFetch(keyOf(tenantId, userId), { context })] as const;
        }),
      );
      return new Map(found);
    },
    async find(tenantId, userId) {
      const row = await database.inTenant(tenantId, (tx) =>
        tx.selectFrom('subjects').select('subject').where('user_id', '=', userId).executeTakeFirst(),
      );
      return row?.subject;
    },
    async keys(tenantId, subjects) {
      const wanted = [...new Set(subjects)];
      const missing = wanted.filter((subject) => keys.get(keyOf(tenantId, subject)) === undefined);
      const read = new Map<string, Envelope | null>(missing.map((subject) => [subject, null]));
      if (missing.length > 0) {
        const rows = await database.inTenant(tenantId, (tx) =>
          tx
            .selectFrom('subjects')
            .select(['subject', 'sealed_key'])
            .where('subject', '=', sql<string>`ANY(${missing}::text[])`)
            .execute(),
        );
        for (const { subject, sealed_key } of rows)
          if (sealed_key !== null) read.set(subject, unwrapped(tenantId, subject, sealed_key));
        for (const [subject, opened] of read) keys.set(keyOf(tenantId, subject), { envelope: opened });
      }
      const found = wanted.flatMap((subject) => {
        const opened = read.get(subject) ?? keys.get(keyOf(tenantId, subject))?.envelope ?? null;
        return opened === null ? [] : [[subject, opened] as const];
      });
      return new Map(found);
    },
    async userIds(tenantId, subjects) {
      const wanted = [...new Set(subjects)];
      if (wanted.length === 0) return new Map();
      const rows = await database.inTenant(tenantId, (tx) =>
        tx
          .selectFrom('subjects')
          .select(['subject', 'user_id'])
          .where('subject', '=', sql<string>`ANY(${wanted}::text[])`)
          .execute(),
      );
      return new Map(
        rows.flatMap(({ subject, user_id }) => (user_id === null ? [] : [[subject, user_id] as const])),
      );
    },
    async erase(tenantId, subject) {
      const erased = await database.inTenant(tenantId, async (tx) => {
        const { rows } = await sql<{ erased: boolean }>`SELECT erase_subject(${subject}) AS erased`.execute(
          tx,
        );
        return rows[0]?.erased === true;
      });
      keys.delete(keyOf(tenantId, subject));
      for (const [key, person] of people.entries()) if (person.subject === subject) people.delete(key);
      return erased;
    },
  };
}

function envelopeOf(key: Uint8Array): Envelope {
  const secret = createSecretKey(key);
  return createEnvelope({
    active: { id: keyId, key: secret },
    find: (id) => (id === keyId ? secret : undefined),
  });
}

function keyOf(tenantId: string, name: string): string {
  return `${tenantId}|${name}`;
}

function placeOf(tenantId: string, subject: string): string {
  return `${tenantId}|${subject}|subject_key`;
}
