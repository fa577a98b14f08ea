import { type Selectable, sql } from 'kysely';
import type { Envelope } from '#platform/crypto/envelope.ts';
import type { DirectoryDatabase, DirectoryTx } from '../database.ts';
import { createSignOutNotes, type SignOutNotes } from './sign-outs.ts';
import type { SessionsTable } from './tables.ts';

export interface NewSession {
  /** `ses_…`: the name that people see. */
  id: string;
  kind: 'session' | 'ticket';
  /** Hash of the provider's own name for the sign-in (`sid`), for back-channel logout. */
  providerSession: string | null;
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
  /** Set on sign-out; an ended session never comes back. */
  endedAt: string | null;
}

export interface SessionOwner {
  tenantId: string;
  userId: string;
}

export interface SessionStore extends SignOutNotes {
  open(session: NewSession): Promise<void>;
  /** Expired and ended ones too: the caller has to check. `CONTENT_UNREADABLE` when the claims can't be opened. */
  find(idHash: string): Promise<StoredSession | undefined>;
  /** Notes that it was used, at most once a minute. False when the session has ended. */
  touch(idHash: string): Promise<boolean>;
  /** After a token refresh. False when the session has ended, or went on under another hash meanwhile. */
  renew(
    session: Pick<NewSession, 'id' | 'idHash'>,
    renewal: Pick<NewSession, 'claims' | 'expiresAt'>,
  ): Promise<boolean>;
  /** Ends it, and tells all gateways whose it was (`openclaw_rights`). */
  end(idHash: string): Promise<void>;
  /**
   * Continues under another hash and keeps its id. The old hash works until `before.endsAt` (ISO 8601) for calls under
   * way, in a row of its own. False when the session has ended or went on already.
   */
  rotate(
    session: Pick<NewSession, 'id' | 'idHash'>,
    next: Pick<NewSession, 'idHash' | 'claims'>,
    before: Pick<NewSession, 'id' | 'claims'> & { endsAt: string },
  ): Promise<boolean>;
  /** Live sessions of a person, newest first; tickets not included. */
  ofPerson(tenantId: string, userId: string): Promise<readonly StoredSession[]>;
  /** By the id that people see. */
  byId(tenantId: string, id: string): Promise<StoredSession | undefined>;
  /** Everybody with a live session of that sign-in at the provider, or of that subject. */
  peopleOf(of: { providerSession?: string; userId?: string }): Promise<readonly SessionOwner[]>;
  /** Back-channel logout, of one sign-in or of all; returns the hashes of the sessions ended now. */
  endAllOf(tenantId: string, userId: string, providerSession?: string): Promise<readonly string[]>;
  /**
   * Deletes sessions that ended more than a day ago, and expired tickets, logout tokens and ended sign-ins; returns how
   * many sessions and tickets. For the retention schedule.
   */
  deleteExpired(): Promise<number>;
}

export function createSessionStore(options: {
  database: DirectoryDatabase;
  /** Seals under the key of the tenant that a place begins with, once `ready` has loaded it. */
  envelope: Envelope;
  ready: (tenantId: string) => Promise<void>;
}): SessionStore {
  const { database, envelope, ready } = options;
  const seal = (tenantId: string, idHash: string, claims: unknown) =>
    envelope.seal(Buffer.from(JSON.stringify(claims)), placeOf(tenantId, idHash));
  const rowOf = (session: NewSession) => ({
    id_hash: session.idHash,
    session_id: session.id,
    kind: session.kind,
    provider_session: session.providerSession,
    tenant_id: session.tenantId,
    user_id: session.userId,
    sealed: seal(session.tenantId, session.idHash, session.claims),
    expires_at: session.expiresAt,
  });
  const ownerOf = async (idHash: string): Promise<string | undefined> => {
    const row = await database.inDirectory((tx) =>
      tx.selectFrom('sessions').select('tenant_id').where('id_hash', '=', idHash).executeTakeFirst(),
    );
    return row?.tenant_id;
  };
  const toSession = async (row: Selectable<SessionsTable>): Promise<StoredSession> => {
    await ready(row.tenant_id);
    return sessionOf(row);
  };
  const sessionOf = (row: Selectable<SessionsTable>): StoredSession => ({
    id: row.session_id,
    kind: row.kind,
    providerSession: row.provider_session,
    idHash: row.id_hash,
    tenantId: row.tenant_id,
    userId: row.user_id,
    claims: JSON.parse(
      Buffer.from(envelope.open(row.sealed, placeOf(row.tenant_id, row.id_hash))).toString(),
    ),
    createdAt: row.created_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
  });
  return {
    async open(session) {
      await ready(session.tenantId);
      await database.inDirectory((tx) => tx.insertInto('sessions').values(rowOf(session)).execute());
    },
    async find(idHash) {
      const row = await database.inDirectory((tx) =>
        tx.selectFrom('sessions').selectAll().where('id_hash', '=', idHash).executeTakeFirst(),
      );
      return row && toSession(row);
    },
    touch: (idHash) =>
      database.inDirectory(async (tx) => {
        await tx
          .updateTable('sessions')
          .set({ seen_at: databaseTime })
          .where('id_hash', '=', idHash)
          .where('seen_at', '<', sql<string>`now() - interval '1 minute'`)
          .execute();
        const live = await tx
          .selectFrom('sessions')
          .select('id_hash')
          .where('id_hash', '=', idHash)
          .where('ended_at', 'is', null)
          .executeTakeFirst();
        return live !== undefined;
      }),
    async renew({ id, idHash }, { claims, expiresAt }) {
      const owner = await ownerOf(idHash);
      if (owner === undefined) return false;
      await ready(owner);
      return database.inDirectory(async (tx) => {
        const renewed = await tx
          .updateTable('sessions')
          .set({ sealed: seal(owner, idHash, claims), expires_at: expiresAt })
          .where('id_hash', '=', idHash)
          .where('session_id', '=', id)
          .where('ended_at', 'is', null)
          .returning('id_hash')
          .executeTakeFirst();
        return renewed !== undefined;
      });
    },
    end: (idHash) =>
      database.inDirectory(async (tx) => {
        const ended = await tx
          .updateTable('sessions')
          .set({ ended_at: databaseTime })
          .where('id_hash', '=', idHash)
          .where('ended_at', 'is', null)
          .returning(['kind', 'tenant_id', 'user_id'])
          .executeTakeFirst();
        if (ended?.kind === 'session') await tellEnd(tx, ended.tenant_id, ended.user_id);
      }),
    async rotate({ id, idHash }, next, before) {
      const owner = await ownerOf(idHash);
      if (owner === undefined) return false;
      await ready(owner);
      return database.inDirectory(async (tx) => {
        // An id stands in one row, and no right to change it is granted: the old row is written anew.
        const row = await tx
          .deleteFrom('sessions')
          .where('id_hash', '=', idHash)
          .where('session_id', '=', id)
          .where('ended_at', 'is', null)
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) return false;
        const ends = sql<string>`least(${row.expires_at}::timestamptz, ${before.endsAt}::timestamptz)`;
        await tx
          .insertInto('sessions')
          .values([
            { ...row, id_hash: next.idHash, sealed: seal(owner, next.idHash, next.claims) },
            { ...row, session_id: before.id, sealed: seal(owner, idHash, before.claims), expires_at: ends },
          ])
          .execute();
        return true;
      });
    },
    async ofPerson(tenantId, userId) {
      const rows = await database.inDirectory((tx) =>
        tx
          .selectFrom('sessions')
          .selectAll()
          .where('tenant_id', '=', tenantId)
          .where('user_id', '=', userId)
          .where('kind', '=', 'session')
          .where('ended_at', 'is', null)
          .where('expires_at', '>', databaseTime)
          .orderBy('session_id', 'desc')
          .limit(mostListed)
          .execute(),
      );
      return Promise.all(rows.map(toSession));
    },
    async byId(tenantId, id) {
      const row = await database.inDirectory((tx) =>
        tx
          .selectFrom('sessions')
          .selectAll()
          .where('tenant_id', '=', tenantId)
          .where('session_id', '=', id)
          .where('kind', '=', 'session')
          .executeTakeFirst(),
      );
      return row && toSession(row);
    },
    peopleOf: ({ providerSession, userId }) =>
      database.inDirectory((tx) => {
        let query = tx
          .selectFrom('sessions')
          .select(['tenant_id as tenantId', 'user_id as userId'])
          .distinct()
          .where('ended_at', 'is', null);
        if (providerSession !== undefined) query = query.where('provider_session', '=', providerSession);
        if (userId !== undefined) query = query.where('user_id', '=', userId);
        return query.execute();
      }),
    ...createSignOutNotes(database),
    deleteExpired: () =>
      database.inDirectory(async (tx) => {
        await tx.deleteFrom('logout_tokens').where('expires_at', '<', databaseTime).execute();
        await tx.deleteFrom('ended_sign_ins').where('expires_at', '<', databaseTime).execute();
        const { numDeletedRows } = await tx
          .deleteFrom('sessions')
          .where((eb) =>
            eb.or([
              eb('expires_at', '<', dayAgo),
              eb('ended_at', '<', dayAgo),
              eb.and([eb('kind', '=', 'ticket'), eb('expires_at', '<', databaseTime)]),
            ]),
          )
          .executeTakeFirst();
        return Number(numDeletedRows);
      }),
    endAllOf: (tenantId, userId, providerSession) =>
      database.inDirectory(async (tx) => {
        let ending = tx
          .updateTable('sessions')
          .set({ ended_at: databaseTime })
          .where('tenant_id', '=', tenantId)
          .where('user_id', '=', userId)
          .where('ended_at', 'is', null);
        if (providerSession !== undefined) ending = ending.where('provider_session', '=', providerSession);
        const ended = await ending.returning('id_hash').execute();
        // Also without a session: bearer tokens of that sign-in are remembered as well.
        if (ended.length > 0 || providerSession !== undefined) await tellEnd(tx, tenantId, userId);
        return ended.map((row) => row.id_hash);
      }),
  };
}

/**
 * Tells every gateway that a session ended. The cache may be unreachable, so that a copy of the session stays there;
 * PostgreSQL tells all of them, as it does about rights (tenant migration 0007).
 */
async function tellEnd(tx: DirectoryTx, tenantId: string, userId: string): Promise<void> {
  const notice = JSON.stringify({ tenant: tenantId, user_id: userId });
  await sql`SELECT pg_notify('openclaw_rights', ${notice})`.execute(tx);
}

/** One person's sessions fit on a page. */
const mostListed = 100;

const databaseTime = sql<string>`now()`;
const dayAgo = sql<string>`now() - interval '1 day'`;

function placeOf(tenantId: string, idHash: string): string {
  return `${tenantId}|${idHash}|session`;
}
