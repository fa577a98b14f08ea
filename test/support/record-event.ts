import { createRecordEvent, type RecordEvent } from '#governance/record.ts';
import type { Stores } from '#stores/open-stores.ts';

/** Records events in the audit log of these stores, at the real time unless told another. */
export function recordEventIn(
  { ledger }: Pick<Stores, 'ledger'>,
  now: () => Date = () => new Date(),
): RecordEvent {
  return createRecordEvent({ ledger, now });
}
