import { sql } from 'kysely';
import type { Envelope } from '#platform/crypto/envelope.ts';
import type { DirectoryDatabase } from './database.ts';

export interface NewSession {
  /** SHA-256 (hex) of the cookie's value; the value itself is never stored. */
  idHash: string;
  tenantId: string;
  userId: string;
  /** JSON value, sealed: tokens and claims. */
  claims: unknown;
  /** ISO 8601. */
  expiresAt: string;
}

export interface StoredSession extends NewSession {
  createdAt: string;
  seenAt: string;
  /** Set by sign-out; an ended session never comes back. */
  endedAt: string | null;
}

export interface SessionStore {
  open(session: NewSession): Promise<void>;
  /** Expired and ended ones too: the caller says which. `CONTENT_UNREADABLE` when the claims don't open. */
  find(idHash: string): Promise<StoredSession | undefined>;
  /** Remembers use, at most once a minute. */
  touch(idHash: string): Promise<void>;
  /** After a token refresh. False when the session has ended. */
  renew(idHash: string, renewal: { claims: unknown; expiresAt: string }): Promise<boolean>;
  end(idHash: string): Promise<void>;
  /** Back-channel logout; returns the hashes of the sessions ended now. */
  endAllOf(tenantId: string, userId: string): Promise<readonly string[]>;
}

export function createSessionStore(options: {
  database: DirectoryDatabase;
  envelope: Envelope;
}): SessionStore {
  const { database, envelope } = options;
  const seal = (idHash: string, claims: unknown) =>
    envelope.seal(Buffer.from(JSON.stringify(claims)), placeOf(idHash));
  return {
    open: (session) =>
      database.inDirectory(async (tx) => {
        await tx
          .insertInto('sessions')
          .values({
            id_hash: session.idHash,
            tenant_id: session.tenantId,
            user_id: session.userId,
            sealed: seal(session.idHash, session.claims),
            expires_at: session.expiresAt,
          })
          .execute();
      }),
    async find(idHash) {
      const row = await database.inDirectory((tx) =>
        tx.selectFrom('sessions').selectAll().where('id_hash', '=', idHash).executeTakeFirst(),
      );
      if (row === undefined) return undefined;
      const claims: unknown = JSON.parse(Buffer.from(envelope.open(row.sealed, placeOf(idHash))).toString());
      return {
        idHash,
        tenantId: row.tenant_id,
        userId: row.user_id,
        claims,
        createdAt: row.created_at,
        seenAt: row.seen_at,
        expiresAt: row.expires_at,
        endedAt: row.ended_at,
      };
    },
    touch: (idHash) =>
      database.inDirectory(async (tx) => {
        await tx
          .updateTable('sessions')
          .set({ seen_at: now })
          .where('id_hash', '=', idHash)
          .where('seen_at', '<', sql<string>`now() - interval '1 minute'`)
          .execute();
      }),
    renew: (idHash, { claims, expiresAt }) =>
      database.inDirectory(async (tx) => {
        const renewed = await tx
          .updateTable('sessions')
          .set({ sealed: seal(idHash, claims), expires_at: expiresAt })
          .where('id_hash', '=', idHash)
          .where('ended_at', 'is', null)
          .returning('id_hash')
          .executeTakeFirst();
        return renewed !== undefined;
      }),
    end: (idHash) =>
      database.inDirectory(async (tx) => {
        await tx
          .updateTable('sessions')
          .set({ ended_at: now })
          .where('id_hash', '=', idHash)
          .where('ended_at', 'is', null)
          .execute();
      }),
    endAllOf: (tenantId, userId) =>
      database.inDirectory(async (tx) => {
        const ended = await tx
          .updateTable('sessions')
          .set({ ended_at: now })
          .where('tenant_id', '=', tenantId)
          .where('user_id', '=', userId)
          .where('ended_at', 'is', null)
          .returning('id_hash')
          .execute();
        return ended.map((row) => row.id_hash);
      }),
  };
}

const now = sql<string>`now()`;

function placeOf(idHash: string): string {
  return `session|${idHash}`;
}
