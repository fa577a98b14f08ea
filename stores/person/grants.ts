import { sql } from 'kysely';
import type { Envelope } from '#platform/crypto/envelope.ts';
import type { TenantDatabase, TenantTx } from '../database.ts';
import type { GrantsTable } from './tables.ts';

export type GrantKind = GrantsTable['kind'];

export interface NewGrant {
  id: string;
  userId: string;
  kind: GrantKind;
  token: string;
  /** ISO 8601: it is no longer used after this. */
  expiresAt: string;
  /** SHA-256 (hex) of the provider's own name for the sign-in; `null` where it tells none. */
  providerSession: string | null;
  /** Given for asking while the person is away: it outlives their sign-out. */
  offline: boolean;
}

/** Grants that end with a sign-out: those of one sign-in, or of all. */
export interface SignedOut {
  userId: string;
  providerSession?: string;
}

export interface GrantInUse {
  id: string;
  kind: GrantKind;
  /** ISO 8601. */
  usedAt: string;
}

/** The answer to a wish to use a grant. `busy`: somebody else is using it right now. */
export type Leased =
  | { status: 'leased'; kind: GrantKind; token: string; usedAt: string }
  | { status: 'busy' | 'gone' };

export interface LeaseEnd {
  /** The name of the lease; the lease of another is left alone. */
  name: string;
  next?: { token: string; usedAt: string };
}

/** Grants: what the identity provider can be asked with about a person's rights (a refresh or access token), sealed. */
export interface GrantStore {
  /** The newest bearer token of a person replaces the one before. */
  keep(tenantId: string, grant: NewGrant): Promise<void>;
  /** Those that have not expired; the one that was answered last comes first. */
  ofPerson(tenantId: string, userId: string): Promise<readonly GrantInUse[]>;
  /**
   * Reserves a grant for `ms` milliseconds: a refresh token that two use at the same time is worthless.
   * `CONTENT_UNREADABLE` when it can't be opened.
   */
  lease(tenantId: string, id: string, lease: { name: string; ms: number }): Promise<Leased>;
  /** Ends the lease. `next`: the provider answered at that time (ISO 8601), and this token is the next one to use. */
  endLease(tenantId: string, id: string, ended: LeaseEnd): Promise<void>;
  remove(tenantId: string, id: string): Promise<void>;
  /** Ends what a sign-out at the provider ends; offline grants stay. */
  removeOnline(tenantId: string, of: SignedOut): Promise<void>;
  /** The provider can no longer be asked about them: their end by an administrator, and erasure. */
  removeAllOf(tenantId: string, userId: string): Promise<void>;
  /** Whose grants are of that sign-in. */
  ownersOf(tenantId: string, providerSession: string): Promise<readonly string[]>;
  /** Deletes expired ones; returns how many. */
  deleteExpired(tenantId: string): Promise<number>;
}

export function createGrantStore(options: { database: TenantDatabase; envelope: Envelope }): GrantStore {
  const { database, envelope } = options;

  const leaseRow = (tx: TenantTx, id: string, { name, ms }: { name: string; ms: number }) =>
    tx
      .updateTable('grants')
      .set({ lease: name, leased_until: sql<string>`now() + ${ms} * interval '1 millisecond'` })
      .where('id', '=', id)
      .where('expires_at', '>', databaseTime)
      .where((eb) => eb.or([eb('leased_until', 'is', null), eb('leased_until', '<', databaseTime)]))
      .returning(['user_id', 'kind', 'sealed', 'used_at'])
      .executeTakeFirst();

  return {
    keep: (tenantId, { id, userId, kind, token, expiresAt, providerSession, offline }) =>
      database.inTenant(tenantId, async (tx) => {
        if (kind === 'bearer') {
          await tx.deleteFrom('grants').where('user_id', '=', userId).where('kind', '=', 'bearer').execute();
        }
        const sealed = envelope.seal(Buffer.from(token), placeOf(tenantId, userId, id));
        await tx
          .insertInto('grants')
          .values({
            id,
            user_id: userId,
            kind,
            sealed,
            expires_at: expiresAt,
            provider_session: providerSession,
            offline,
          })
          // Two calls of one person at the same time: either token will do.
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }),
    ofPerson: (tenantId, userId) =>
      database.inTenant(tenantId, (tx) =>
        tx
          .selectFrom('grants')
          .select(['id', 'kind', 'used_at as usedAt'])
          .where('user_id', '=', userId)
          .where('expires_at', '>', databaseTime)
          .orderBy('used_at', 'desc')
          .limit(mostAsked)
          .execute(),
      ),
    async lease(tenantId, id, lease) {
      const found = await database.inTenant(tenantId, async (tx) => ({
        leased: await leaseRow(tx, id, lease),
        there: await tx
          .selectFrom('grants')
          .select('id')
          .where('id', '=', id)
          .where('expires_at', '>', databaseTime)
          .executeTakeFirst(),
      }));
      if (found.leased === undefined) return { status: found.there === undefined ? 'gone' : 'busy' };
      const { user_id: userId, kind, sealed, used_at: usedAt } = found.leased;
      const token = Buffer.from(envelope.open(sealed, placeOf(tenantId, userId, id))).toString();
      return { status: 'leased', kind, token, usedAt };
    },
    endLease: (tenantId, id, { name, next }) =>
      database.inTenant(tenantId, async (tx) => {
        const free = { lease: null, leased_until: null };
        const row = await tx
          .selectFrom('grants')
          .select('user_id')
          .where('id', '=', id)
          .where('lease', '=', name)
          .forUpdate()
          .executeTakeFirst();
        if (row === undefined) return;
        const place = placeOf(tenantId, row.user_id, id);
        await tx
          .updateTable('grants')
          .set(
            next === undefined
              ? free
              : { ...free, sealed: envelope.seal(Buffer.from(next.token), place), used_at: next.usedAt },
          )
          .where('id', '=', id)
          .execute();
      }),
    remove: (tenantId, id) =>
      database.inTenant(tenantId, async (tx) => {
        await tx.deleteFrom('grants').where('id', '=', id).execute();
      }),
    removeOnline: (tenantId, { userId, providerSession }) =>
      database.inTenant(tenantId, async (tx) => {
        let online = tx.deleteFrom('grants').where('user_id', '=', userId).where('offline', '=', false);
        if (providerSession !== undefined) online = online.where('provider_session', '=', providerSession);
        await online.execute();
      }),
    removeAllOf: (tenantId, userId) =>
      database.inTenant(tenantId, async (tx) => {
        await tx.deleteFrom('grants').where('user_id', '=', userId).execute();
      }),
    ownersOf: (tenantId, providerSession) =>
      database.inTenant(tenantId, async (tx) => {
        const rows = await tx
          .selectFrom('grants')
          .select('user_id')
          .distinct()
          .where('provider_session', '=', providerSession)
          .execute();
        return rows.map((row) => row.user_id);
      }),
    deleteExpired: (tenantId) =>
      database.inTenant(tenantId, async (tx) => {
        const { numDeletedRows } = await tx
          .deleteFrom('grants')
          .where('expires_at', '<', databaseTime)
          .executeTakeFirst();
        return Number(numDeletedRows);
      }),
  };
}

/** A person has few sign-ins that are in use; old ones are not tried one by one. */
const mostAsked = 5;

const databaseTime = sql<string>`now()`;

function placeOf(tenantId: string, userId: string, id: string): string {
  return `${tenantId}|${id}|rights|${userId}`;
}
