import { sql } from 'kysely';
import type { DirectoryDatabase } from '../database.ts';

/** Kinds of places where outsiders find heads. */
export type HeadPlace = 'folder' | 'bucket' | 'webhook';

/** Which heads of a tenant a place has. */
export interface PlaceProgress {
  tenantId: string;
  place: HeadPlace;
  /** The newest head that it has; before its first one, the head before that. */
  n: number;
  /** ISO 8601: time of that head; `null` before the first. */
  at: string | null;
}

export interface PublicationStore {
  /**
   * Registers that these places are to get the tenant's heads, a new place from `newest` on; returns which heads each
   * has.
   */
  want(tenantId: string, places: readonly HeadPlace[], newest: number): Promise<PlaceProgress[]>;
  /** The place now has every head up to this one; never goes back. */
  advance(tenantId: string, place: HeadPlace, head: { n: number; at: string }): Promise<void>;
  /** Configured places whose newest head is older than that. */
  late(ageMs: number): Promise<PlaceProgress[]>;
}

export function createPublicationStore({ database }: { database: DirectoryDatabase }): PublicationStore {
  return {
    want: (tenantId, places, newest) =>
      database.inDirectory(async (tx) => {
        if (places.length === 0) return [];
        const rows = await tx
          .insertInto('head_publications')
          .values(places.map((place) => ({ tenant_id: tenantId, place, head_n: newest - 1, head_at: null })))
          .onConflict((conflict) =>
            conflict.columns(['tenant_id', 'place']).doUpdateSet({ wanted_at: sql<string>`now()` }),
          )
          .returning(['place', 'head_n', 'head_at'])
          .execute();
        return rows.map(({ place, head_n: n, head_at: at }) => ({ tenantId, place, n, at }));
      }),
    async advance(tenantId, place, { n, at }) {
      await database.inDirectory((tx) =>
        tx
          .updateTable('head_publications')
          // A head that is dated ahead must not make the place look well for as long.
          .set({ head_n: n, head_at: sql<string>`least(${at}::timestamptz, now())` })
          .where('tenant_id', '=', tenantId)
          .where('place', '=', place)
          .where('head_n', '<', n)
          .execute(),
      );
    },
    async late(ageMs) {
      const rows = await database.inDirectory((tx) =>
        tx
          .selectFrom('head_publications')
          .select(['tenant_id', 'place', 'head_n', 'head_at'])
          .where(sql<boolean>`wanted_at > now() - ${ageMs} * interval '1 millisecond'`)
          .where(sql<boolean>`coalesce(head_at, since) < now() - ${ageMs} * interval '1 millisecond'`)
          .orderBy('tenant_id')
          .execute(),
      );
      return rows.map(({ tenant_id: tenantId, place, head_n: n, head_at: at }) => ({
        tenantId,
        place,
        n,
        at,
      }));
    },
  };
}
