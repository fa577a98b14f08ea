import type { PublicEntry } from './leaf.ts';

/** What an entry says of the key of a person's entries. */
export interface ErasureWord {
  subject: string;
  /** `destroying`: it is destroyed next. That stands for `destroyed` only while `isNear`. */
  key: 'destroyed' | 'destroying' | 'kept';
}

const nearMs = 86_400_000;

/** The same words count in SQL (`ledger.erased_subjects`) and in docs/verify_audit.py. */
export function erasureWord({
  actionType,
  event,
  outcome,
  metadata,
}: Pick<PublicEntry, 'actionType' | 'event' | 'outcome' | 'metadata'>): ErasureWord | undefined {
  if (actionType !== 'administration' || event !== 'user_data.erased') return undefined;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const { subject, key = null } = metadata as Readonly<Record<string, unknown>>;
  if (typeof subject !== 'string') return undefined;
  if (outcome === 'intended') return key === 'destroyed' ? { subject, key: 'destroying' } : undefined;
  if (outcome !== 'success') return undefined;
  if (key === 'kept') return { subject, key };
  // Releases before this was said destroyed the key unless a hold was placed.
  return key === null || key === 'destroyed' ? { subject, key: 'destroyed' } : undefined;
}

/** Whoever destroys a key has a day to put the end of it on record. Times in milliseconds since the epoch. */
export function isNear(saidAtMs: number, nowMs: number): boolean {
  return Math.abs(nowMs - saidAtMs) <= nearMs;
}
