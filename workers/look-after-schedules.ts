import { upkeepKinds } from '#domain/upkeep/upkeep.ts';
import type { Logger } from '#platform/logger.ts';
import { type Repeated, repeat } from '#platform/repeat.ts';
import type { UpkeepStore } from '#stores/upkeep/upkeep.ts';
import { ensureSchedules } from './ensure-schedules.ts';

type LookAfterOptions = Parameters<typeof ensureSchedules>[0] & {
  upkeep: Pick<UpkeepStore, 'want'>;
  logger: Logger;
  /** Default: a minute. */
  everyMs?: number;
};

/**
 * Ensures the Schedules again and again: whoever reaches Temporal's port can delete them at any time. That their work is
 * expected is on record, so that status says when it stays undone (gateway/status/check-upkeep.ts).
 */
export function lookAfterSchedules(options: LookAfterOptions): Repeated {
  const { upkeep, logger, everyMs = 60_000, ...schedules } = options;
  let isFirst = true;
  return repeat({
    everyMs,
    turn: async () => {
      await upkeep.want(upkeepKinds);
      for (const [scheduleId, became] of await ensureSchedules(schedules)) {
        if (!isFirst && became !== 'as it should be')
          logger.warn({ scheduleId, became }, 'a Schedule was not there or not as it should be');
      }
      isFirst = false;
    },
    onFailure: (error, inARow) =>
      logger.warn({ err: error, inARow }, 'the Schedules could not be looked after; it is tried again'),
  });
}
