const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * Recurring work for the whole installation: how often it is done, and how long after it was last done it is overdue. A
 * few runs may be missed before anybody is told.
 */
export const upkeep = {
  'audit-checkpoint': { everyMs: minute, overdueMs: 5 * minute, words: 'signing heads of the audit log' },
  retention: { everyMs: day, overdueMs: 2 * day, words: 'the daily round of retention' },
  rewrap: { everyMs: 10 * minute, overdueMs: hour, words: 'wrapping keys under the active master key' },
  reconcile: { everyMs: hour, overdueMs: 3 * hour, words: 'the hourly look for gaps in the audit record' },
} as const;

export type UpkeepKind = keyof typeof upkeep;

export function isUpkeepKind(text: string): text is UpkeepKind {
  return Object.hasOwn(upkeep, text);
}

export const upkeepKinds = Object.keys(upkeep).filter(isUpkeepKind);
