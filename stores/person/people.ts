import { sql } from 'kysely';
import type { Actor } from '#domain/person/actor.ts';
import type { Role } from '#domain/person/role.ts';
import type { TenantDatabase } from '../database.ts';

export interface SeenPerson {
  userId: string;
  email: string | null;
  name: string | null;
  role: Role;
  orgUnit: string;
  /** ISO 8601: when the provider stated this (`auth_time` or `iat`); only a newer statement lifts a revocation. */
  statedAt: string;
  /** ISO 8601: when the token that states this was issued. */
  issuedAt: string;
}

export interface PersonRights extends Actor {
  email: string | null;
  name: string | null;
  /** ISO 8601. */
  statedAt: string;
  seenAt: string;
  /** Ended by an administrator, until the next sign-in. */
  revokedAt: string | null;
  /** When the provider was last asked and stated these rights. */
  confirmedAt: string | null;
  /** When the provider was asked and stated none. */
  withdrawnAt: string | null;
  /** Sign-ins up to then no longer count, whatever happened since. */
  notBefore: string | null;
}

export interface PersonName {
  userId: string;
  name: string | null;
  email: string | null;
}

export interface PeopleStore {
  /**
   * Stores last-seen rights as a token states them; writes only when something changed or a minute has passed. A token
   * issued before the provider was last asked changes no rights.
   */
  seen(tenantId: string, person: SeenPerson): Promise<void>;
  /** The provider was asked at `at` (ISO 8601) and stated these rights: they count, whatever tokens say. */
  confirmed(tenantId: string, person: Omit<SeenPerson, 'issuedAt'>, at: string): Promise<void>;
  /** The provider was asked and stated none. False when that was known, or the person was never seen. */
  withdraw(tenantId: string, userId: string): Promise<boolean>;
  /** `undefined` for a person never seen. Judging age and revocation is up to the caller. */
  rights(tenantId: string, userId: string): Promise<PersonRights | undefined>;
  /** Ended by an administrator: no right counts before the next sign-in. False when the person was never seen. */
  revoke(tenantId: string, userId: string): Promise<boolean>;
  /**
   * Signed out at the provider: sign-ins up to now no longer count. Rights are about the role, and stay. False when the
   * person was never seen.
   */
  signedOut(tenantId: string, userId: string): Promise<boolean>;
  /** By user id; unknown ids are absent. */
  names(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, PersonName>>;
}

export function createPeopleStore({ database }: { database: TenantDatabase }): PeopleStore {
  return {
    seen: (tenantId, person) =>
      database.inTenant(tenantId, async (tx) => {
        await sql`
          INSERT INTO people (user_id, email, name, role, org_unit, stated_at)
          VALUES (${person.userId}, ${person.email}, ${person.name}, ${person.role}, ${person.orgUnit}, ${person.statedAt})
          ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, name = excluded.name, role = excluded.role,
            org_unit = excluded.org_unit, stated_at = excluded.stated_at, seen_at = now(),
            revoked_at = CASE WHEN excluded.stated_at > people.revoked_at THEN NULL ELSE people.revoked_at END,
            withdrawn_at = CASE WHEN excluded.stated_at > people.withdrawn_at THEN NULL ELSE people.withdrawn_at END
          WHERE excluded.stated_at >= people.stated_at
            AND (people.confirmed_at IS NULL OR ${person.issuedAt}::timestamptz > people.confirmed_at)
            AND (people.seen_at < now() - interval '1 minute' OR excluded.stated_at > people.revoked_at
              OR excluded.stated_at > people.withdrawn_at
              OR (people.email, people.name, people.role, people.org_unit)
                IS DISTINCT FROM (excluded.email, excluded.name, excluded.role, excluded.org_unit))`.execute(
          tx,
        );
      }),
    confirmed: (tenantId, person, at) =>
      database.inTenant(tenantId, async (tx) => {
        await sql`
          INSERT INTO people (user_id, email, name, role, org_unit, stated_at, confirmed_at)
          VALUES (${person.userId}, ${person.email}, ${person.name}, ${person.role}, ${person.orgUnit},
            ${person.statedAt}, ${at})
          ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, name = excluded.name, role = excluded.role,
            org_unit = excluded.org_unit, stated_at = greatest(people.stated_at, excluded.stated_at), seen_at = now(),
            confirmed_at = excluded.confirmed_at, withdrawn_at = NULL,
            revoked_at = CASE WHEN excluded.stated_at > people.revoked_at THEN NULL ELSE people.revoked_at END
          WHERE people.confirmed_at IS NULL OR people.confirmed_at < excluded.confirmed_at`.execute(tx);
      }),
    withdraw: (tenantId, userId) =>
      database.inTenant(tenantId, async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('people')
          .set({ withdrawn_at: sql<string>`now()` })
          .where('user_id', '=', userId)
          .where('withdrawn_at', 'is', null)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    rights: (tenantId, userId) =>
      database.inTenant(tenantId, async (tx) => {
        const row = await tx
          .selectFrom('people')
          .select([
            'role',
            'org_unit as orgUnit',
            'email',
            'name',
            'stated_at as statedAt',
            'seen_at as seenAt',
            'revoked_at as revokedAt',
            'confirmed_at as confirmedAt',
            'withdrawn_at as withdrawnAt',
            'not_before as notBefore',
          ])
          .where('user_id', '=', userId)
          .executeTakeFirst();
        return row && { tenantId, userId, ...row };
      }),
    revoke: (tenantId, userId) =>
      database.inTenant(tenantId, async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('people')
          .set({ revoked_at: sql<string>`now()`, not_before: sql<string>`now()` })
          .where('user_id', '=', userId)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    signedOut: (tenantId, userId) =>
      database.inTenant(tenantId, async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('people')
          .set({ not_before: sql<string>`now()` })
          .where('user_id', '=', userId)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    names: (tenantId, userIds) =>
      database.inTenant(tenantId, async (tx) => {
        const rows = await tx
          .selectFrom('people')
          .select(['user_id as userId', 'name', 'email'])
          .where('user_id', '=', sql<string>`ANY(${[...userIds]}::text[])`)
          .execute();
        return new Map(rows.map((row) => [row.userId, row]));
      }),
  };
}
