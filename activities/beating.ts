import { Context } from '@temporalio/activity';
import { repeat } from '#platform/repeat.ts';

const everyMs = 2_500;

/** Sends heartbeats while an activity works, so that a killed worker is noticed within the heartbeat timeout. */
export function beating<Input, Output>(
  activity: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const context = Context.current();
    const beats = repeat({
      everyMs,
      turn: () => context.heartbeat(),
      onFailure: (error) => context.log.warn('an activity could not beat', { error }),
    });
    beats.start();
    try {
      return await activity(input);
    } finally {
      await beats.stop();
    }
  };
}
