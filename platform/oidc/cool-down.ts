import { CodedError } from '#domain/error.ts';

/** Skips calls to a provider that is away or slow for a while, so that not every caller waits for it. */
export type WhileThere = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** When `work` fails with `IDENTITY_PROVIDER_UNAVAILABLE`, so does every call for the next `ms`. */
export function createWhileThere({ ms = 10_000, nowMs }: { ms?: number; nowMs: () => number }): WhileThere {
  let awayUntil = 0;
  return async (work) => {
    if (nowMs() < awayUntil) throw new CodedError('IDENTITY_PROVIDER_UNAVAILABLE');
    try {
      return await work();
    } catch (error) {
      if (error instanceof CodedError && error.code === 'IDENTITY_PROVIDER_UNAVAILABLE')
        awayUntil = nowMs() + ms;
      throw error;
    }
  };
}
