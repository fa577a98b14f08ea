import { erasureWord, isNear } from './erasure-word.ts';
import type { PublicEntry } from './leaf.ts';
import { timeOf } from './time-of.ts';

interface ErasureChecksOptions {
  /** The time of the export's head (ISO 8601): a key that was to be destroyed then may be gone. */
  at: string;
  /** Called for each entry that nothing opens although nobody was erased. */
  report(named: string): void;
}

/** Entries of one person that are named; more are only counted. */
const mostNamed = 1_000;

/**
 * Tells an erasure from a destruction: the person and the deed of an entry may be gone only where the newest word of the
 * same log on its subject is that the key was destroyed, or was about to be within a day of the head.
 */
export function createErasureChecks({ at, report }: ErasureChecksOptions) {
  const erased = new Set<string>();
  const closed = new Map<string, { named: string[]; count: number }>();
  return {
    /** Every entry of the newer form, in the order of positions. */
    read(entry: PublicEntry): void {
      const word = erasureWord(entry);
      if (word === undefined) return;
      const isGone =
        word.key === 'destroyed' ||
        (word.key === 'destroying' && isNear(timeOf(entry.timestamp), timeOf(at)));
      if (isGone) erased.add(word.subject);
      else erased.delete(word.subject);
    },
    /** An entry that nothing opens. */
    closed(subject: string, name: string): void {
      const known = closed.get(subject) ?? { named: [], count: 0 };
      closed.set(subject, known);
      known.count += 1;
      if (known.named.length < mostNamed) known.named.push(name);
    },
    /** Returns the number of entries of erased people. */
    end(): number {
      let total = 0;
      for (const [subject, { named, count }] of closed) {
        if (erased.has(subject)) total += count;
        else for (const name of named) report(name);
      }
      return total;
    },
  };
}
