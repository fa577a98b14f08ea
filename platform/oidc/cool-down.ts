import { CodedError } from '#domain/error.ts';
import { isOddAnswer } from './meaning.ts';

/** Skips calls to a provider that is away or slow for a while, so that not every caller waits for it. */
export type WhileThere = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** When `work` finds the provider away, every call for the next `ms` fails with `IDENTITY_PROVIDER_UNAVAILABLE`. */
export function createWhileThere({ ms = 10_000, nowMs }: { ms?: number; nowMs: () => number }): WhileThere {
  let awayUntil = 0;
  return async (work) => {
    if (nowMs() < awayUntil) throw new CodedError('IDENTITY_PROVIDER_UNAVAILABLE');
    try {
      return await work();
    } catch (error) {
      const isAway = error instanceof CodedError && error.code === 'IDENTITY_PROVIDER_UNAVAILABLE';
      if (isAway && !isOddAnswer(error)) awayUntil = nowMs() + ms;
      throw error;
    }
  };
}
