import type { PublicEntry } from './leaf.ts';

/**
 * Tells an erasure from a destruction: the person and the deed of an entry may be gone only where the same log says that
 * its subject was erased, and doesn't say afterwards that the key was kept.
 */
export function createErasureChecks(report: (named: string) => void) {
  const erased = new Set<string>();
  const closed = new Map<string, string[]>();
  return {
    /** Every entry of the newer form, in the order of positions. */
    read({ event, metadata }: Pick<PublicEntry, 'event' | 'metadata'>): void {
      if (event !== 'user_data.erased' || typeof metadata !== 'object' || metadata === null) return;
      const { subject, key } = metadata as Readonly<Record<string, unknown>>;
      if (typeof subject !== 'string') return;
      if (key === 'kept') erased.delete(subject);
      else erased.add(subject);
    },
    /** An entry that nothing opens. */
    closed(subject: string, named: string): void {
      const known = closed.get(subject);
      if (known === undefined) closed.set(subject, [named]);
      else known.push(named);
    },
    /** Returns the number of entries of erased people. */
    end(): number {
      let count = 0;
      for (const [subject, entries] of closed) {
        if (erased.has(subject)) count += entries.length;
        else for (const named of entries) report(named);
      }
      return count;
    },
  };
}
