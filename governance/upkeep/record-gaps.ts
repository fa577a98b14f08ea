import { systemActor } from '#domain/person/actor.ts';
import type { Gap } from '#stores/audit/gap.ts';
import type { GapStore } from '#stores/audit/gaps.ts';
import { auditEntry } from '../record.ts';

/** Records gaps, each once; returns the new ones. Throws `AUDIT_WRITE_FAILED`. */
export type RecordGaps = (tenantId: string, found: readonly Gap[]) => Promise<readonly Gap[]>;

export function createRecordGaps({
  gaps,
  now,
}: {
  gaps: Pick<GapStore, 'record'>;
  now: () => Date;
}): RecordGaps {
  return async (tenantId, found) => {
    const fresh: Gap[] = [];
    for (const gap of found) {
      const facts = {
        event: 'audit.gap_found',
        detail: `${gap.kind.replaceAll('_', ' ')}: ${gap.ref}`,
        outcome: 'error',
        metadata: { kind: gap.kind, ref: gap.ref },
      } as const;
      const entry = auditEntry(systemActor(tenantId, 'openclaw-reconciler'), facts, now());
      if (await gaps.record(tenantId, gap, entry)) fresh.push(gap);
    }
    return fresh;
  };
}
