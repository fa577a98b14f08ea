import { sql } from 'kysely';
import { isUpkeepKind, type UpkeepKind } from '#domain/upkeep/upkeep.ts';
import type { DirectoryDatabase } from '../database.ts';

/** How long ago, in milliseconds by the database's clock, recurring work was last done or first expected. */
export interface UpkeepAge {
  kind: UpkeepKind;
  ageMs: number;
  /** False when it was never done. */
  wasDone: boolean;
}

export interface UpkeepStore {
  /** From now on this work is expected. */
  want(kinds: readonly UpkeepKind[]): Promise<void>;
  done(kind: UpkeepKind): Promise<void>;
  /** All work that is expected. */
  ages(): Promise<UpkeepAge[]>;
  /** The moment from which on no workflow begins with payloads that are not bound to their place. */
  payloadsBoundSince(): Promise<Date>;
}

export function createUpkeepStore({ database }: { database: DirectoryDatabase }): UpkeepStore {
  return {
    want: (kinds) =>
      database.inDirectory(async (tx) => {
        for (const kind of kinds) await sql`SELECT openclaw.upkeep_wanted(${kind})`.execute(tx);
      }),
    done: (kind) =>
      database.inDirectory(async (tx) => {
        await sql`SELECT openclaw.upkeep_done(${kind})`.execute(tx);
      }),
    async ages() {
      const rows = await database.inDirectory((tx) =>
        tx
          .selectFrom('upkeep')
          .select([
            'kind',
            'done_at',
            sql<number>`extract(epoch FROM clock_timestamp() - coalesce(done_at, since))::float8 * 1000`.as(
              'age_ms',
            ),
          ])
          .orderBy('kind')
          .execute(),
      );
      return rows.flatMap(({ kind, age_ms: ageMs, done_at }) =>
        isUpkeepKind(kind) ? [{ kind, ageMs, wasDone: done_at !== null }] : [],
      );
    },
    async payloadsBoundSince() {
      const row = await database.inDirectory((tx) =>
        tx.selectFrom('payload_binding').select('since').executeTakeFirstOrThrow(),
      );
      return new Date(row.since);
    },
  };
}
