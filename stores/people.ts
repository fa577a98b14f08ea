import { sql } from 'kysely';
import type { Actor } from '#domain/actor.ts';
import type { Role } from '#domain/role.ts';
import type { TenantDatabase } from './database.ts';

export interface SeenPerson {
  userId: string;
  email: string | null;
  name: string | null;
  role: Role;
  orgUnit: string;
  /** ISO 8601: when the provider stated this (`auth_time` or `iat`); lifts a revocation only when it is newer. */
  statedAt: string;
}

export interface PersonRights extends Actor {
  /** ISO 8601. */
  seenAt: string;
  revokedAt: string | null;
}

export interface PersonName {
  userId: string;
  name: string | null;
  email: string | null;
}

export interface PeopleStore {
  /** Last-seen rights; writes only when something changed or a minute has passed. */
  seen(tenantId: string, person: SeenPerson): Promise<void>;
  /** `undefined` for a person never seen. The caller judges age and revocation. */
  rights(tenantId: string, userId: string): Promise<PersonRights | undefined>;
  revoke(tenantId: string, userId: string): Promise<void>;
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
            revoked_at = CASE WHEN excluded.stated_at > people.revoked_at THEN NULL ELSE people.revoked_at END
          WHERE excluded.stated_at >= people.stated_at AND (
            people.seen_at < now() - interval '1 minute' OR excluded.stated_at > people.revoked_at
            OR (people.email, people.name, people.role, people.org_unit)
              IS DISTINCT FROM (excluded.email, excluded.name, excluded.role, excluded.org_unit))`.execute(
          tx,
        );
      }),
    rights: (tenantId, userId) =>
      database.inTenant(tenantId, async (tx) => {
        const row = await tx
          .selectFrom('people')
          .select(['role', 'org_unit', 'seen_at', 'revoked_at'])
          .where('user_id', '=', userId)
          .executeTakeFirst();
        if (row === undefined) return undefined;
        const { role, org_unit: orgUnit, seen_at: seenAt, revoked_at: revokedAt } = row;
        return { tenantId, userId, role, orgUnit, seenAt, revokedAt };
      }),
    revoke: (tenantId, userId) =>
      database.inTenant(tenantId, async (tx) => {
        await tx
          .updateTable('people')
          .set({ revoked_at: sql<string>`now()` })
          .where('user_id', '=', userId)
          .execute();
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
