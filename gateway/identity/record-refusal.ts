import type { RecordEvent } from '#governance/record.ts';
import { createOnceAWhile } from './once-a-while.ts';

/**
 * Records a refused person of a known tenant, at most once a minute each: their token is genuine, so the entry names
 * somebody real. Refusals without a known tenant only go to the log.
 */
export function createRecordRefusal(recordEvent: RecordEvent) {
  const onceAMinute = createOnceAWhile({ ms: 60_000 });
  return (person: { tenantId: string; userId: string }, reason: string): Promise<void> =>
    onceAMinute(JSON.stringify(person), () =>
      recordEvent(
        // No right was found, so the entry gets the lowest role.
        { ...person, role: 'user', orgUnit: '' },
        { event: 'session.refused', detail: reason, outcome: 'denied' },
      ),
    );
}
