/**
 * Two readings of the time, in milliseconds since the epoch. While wall clock and monotonic clock agree they are equal;
 * after a jump of the wall clock one is before it and one after it, and a token must be valid by both.
 */
export interface CautiousClock {
  earliest(): number;
  latest(): number;
}

interface CautiousClockOptions {
  wall?: () => number;
  /** Milliseconds that never go back. */
  monotonic?: () => number;
  /** Differences up to this are followed at once, as when a clock is being corrected; default 5 000. */
  toleratedMs?: number;
  /** A wall clock that has been ahead for so long is believed: the machine was asleep. Default one minute. */
  believeAheadMs?: number;
  /** One that has been behind for so long is believed: longer than an access token lives. Default two hours. */
  believeBehindMs?: number;
}

export function createCautiousClock(options: CautiousClockOptions = {}): CautiousClock {
  const { wall = Date.now, monotonic = () => performance.now() } = options;
  const { toleratedMs = 5_000, believeAheadMs = 60_000, believeBehindMs = 7_200_000 } = options;
  let offset = wall() - monotonic();
  let jumpedAt: number | undefined;

  /** The wall clock as it would be without the jump. */
  const steady = (): number => {
    const at = monotonic();
    const ahead = wall() - at - offset;
    if (Math.abs(ahead) <= toleratedMs) {
      jumpedAt = undefined;
      offset += ahead;
    } else {
      jumpedAt ??= at;
      if (at - jumpedAt >= (ahead > 0 ? believeAheadMs : believeBehindMs)) {
        jumpedAt = undefined;
        offset += ahead;
      }
    }
    return at + offset;
  };

  return {
    earliest: () => Math.min(steady(), wall()),
    latest: () => Math.max(steady(), wall()),
  };
}
