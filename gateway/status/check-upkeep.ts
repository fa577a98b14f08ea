import { upkeep } from '#domain/upkeep/upkeep.ts';
import type { UpkeepStore } from '#stores/upkeep/upkeep.ts';
import type { Check } from './check-system.ts';
import { ofAll, throwIfAny } from './not-well.ts';

/**
 * Rejects when recurring work is overdue, whoever keeps it from being done: a worker that is away, or somebody who deletes
 * its Schedule again and again. By the database's clock alone.
 */
export function checkUpkeep(store: Pick<UpkeepStore, 'ages'>): Check {
  return async () => {
    const overdue = (await store.ages()).filter(({ kind, ageMs }) => ageMs > upkeep[kind].overdueMs);
    throwIfAny(
      overdue.map(({ kind, ageMs, wasDone }) =>
        ofAll(
          `${upkeep[kind].words} is overdue: ${wasDone ? 'last done' : 'never done, first expected'} ${inWords(ageMs)} ago`,
        ),
      ),
    );
  };
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
