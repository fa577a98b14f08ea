import { z } from 'zod';

/** A question that a customer's bundle gave no proper answer to: the action was denied. */
export const bundleFailure = z.object({
  tenant: z.string(),
  /** Name of the file. */
  bundle: z.string(),
  /** Why, in words. */
  words: z.string().max(500),
});

export type BundleFailure = z.output<typeof bundleFailure>;

/** How long a failure is shown, in milliseconds. */
const shownMs = 3_600_000;

/** The same failure is told to the other processes this often, in milliseconds. */
const toldMs = 60_000;

/** The last failure of each bundle, in this process or another of the installation. */
export interface BundleFailures {
  /** One of this process. */
  note(failure: BundleFailure): void;
  /** One of another process. */
  hear(failure: BundleFailure): void;
  /** Words of those of the last hour. */
  recent(tenant: string, bundle: string): string | undefined;
  forget(tenant: string, bundle: string): void;
}

interface BundleFailuresOptions {
  now: () => Date;
  /** Tells all processes. */
  tell: (failure: BundleFailure) => void;
}

export function createBundleFailures({ now, tell }: BundleFailuresOptions): BundleFailures {
  const last = new Map<string, { words: string; atMs: number; toldAtMs: number }>();
  const keyOf = (tenant: string, bundle: string) => `${tenant}/${bundle}`;
  return {
    note(failure) {
      const atMs = now().getTime();
      const key = keyOf(failure.tenant, failure.bundle);
      const before = last.get(key);
      const isTold = before?.words === failure.words && Math.abs(atMs - before.toldAtMs) < toldMs;
      last.set(key, { words: failure.words, atMs, toldAtMs: isTold ? before.toldAtMs : atMs });
      if (!isTold) tell(failure);
    },
    hear({ tenant, bundle, words }) {
      const atMs = now().getTime();
      last.set(keyOf(tenant, bundle), { words, atMs, toldAtMs: atMs });
    },
    recent(tenant, bundle) {
      const found = last.get(keyOf(tenant, bundle));
      return found !== undefined && now().getTime() - found.atMs < shownMs ? found.words : undefined;
    },
    forget: (tenant, bundle) => void last.delete(keyOf(tenant, bundle)),
  };
}
