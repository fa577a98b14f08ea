import { CodedError } from '#domain/error.ts';

/** Calls to a provider that is away or slow are left out for a while, so that nobody waits for each of them. */
export type WhileThere = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** `work` fails with `IDENTITY_PROVIDER_UNAVAILABLE` when the provider is away; then so does every call for `ms`. */
export function createWhileThere({ ms = 10_000, now }: { ms?: number; now: () => number }): WhileThere {
  let awayUntil = 0;
  return async (work) => {
    if (now() < awayUntil) throw new CodedError('IDENTITY_PROVIDER_UNAVAILABLE');
    try {
      return await work();
    } catch (error) {
      if (error instanceof CodedError && error.code === 'IDENTITY_PROVIDER_UNAVAILABLE')
        awayUntil = now() + ms;
      throw error;
    }
  };
}
