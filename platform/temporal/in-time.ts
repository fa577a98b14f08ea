import type { Client } from '@temporalio/client';
import { CodedError } from '#domain/error.ts';

/**
 * Sends something to Temporal and returns its answer within `ms`; throws `TEMPORAL_UNAVAILABLE` after that. What
 * Temporal has accepted by then it carries on.
 */
export async function inTime<Result>(
  client: Client,
  ms: number,
  ask: () => Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const asked = client.withDeadline(Date.now() + ms, ask);
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CodedError('TEMPORAL_UNAVAILABLE')), ms);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
