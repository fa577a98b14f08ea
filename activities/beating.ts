import { Context } from '@temporalio/activity';

const everyMs = 2_500;

/** Lets an activity beat while it works, so that a killed worker is noticed within the heartbeat timeout. */
export function beating<Input, Output>(
  activity: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat(), everyMs);
    try {
      return await activity(input);
    } finally {
      clearInterval(timer);
    }
  };
}
