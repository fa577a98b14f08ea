import type { GapStore } from '#stores/audit/gaps.ts';

const dayMs = 86_400_000;

/**
 * Gaps in the audit record found within the last day, in all tenants; `undefined` when that can't be read now. A gap is
 * on record for ever: status and metrics report it for a day.
 */
export type CountGaps = () => Promise<number | undefined>;

interface CountGapsOptions {
  gaps: Pick<GapStore, 'foundSince'>;
  now: () => Date;
  /** How long a count is cached, in milliseconds; default 10 000. */
  maxAgeMs?: number;
  /** Limit of one count, in milliseconds; default 2 000. */
  waitMs?: number;
}

/** Status and metrics are open to everybody, so the database is not asked more often than this. */
export function createCountGaps(options: CountGapsOptions): CountGaps {
  const { gaps, now, maxAgeMs = 10_000, waitMs = 2_000 } = options;
  let count: { at: number; found: Promise<number | undefined> } | undefined;
  return () => {
    if (count === undefined || performance.now() - count.at >= maxAgeMs) {
      const lately = new Date(now().getTime() - dayMs).toISOString();
      const found = gaps.foundSince(lately).catch(() => undefined);
      count = { at: performance.now(), found };
    }
    return Promise.race([count.found, nothingAfter(waitMs)]);
  };
}

function nothingAfter(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms, undefined).unref();
  });
}
