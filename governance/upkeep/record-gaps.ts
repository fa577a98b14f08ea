import { systemActor } from '#domain/person/actor.ts';
import type { Gap } from '#stores/audit/gap.ts';
import type { GapStore } from '#stores/audit/gaps.ts';
import { auditEntry } from '../record.ts';

/** Records gaps, each once and 500 at most; returns the new ones. Throws `AUDIT_WRITE_FAILED`. */
export type RecordGaps = (tenantId: string, found: readonly Gap[]) => Promise<readonly Gap[]>;

const most = 500;
const batchSize = 10_000;

export function createRecordGaps({
  gaps,
  now,
}: {
  gaps: Pick<GapStore, 'record' | 'unrecorded'>;
  now: () => Date;
}): RecordGaps {
  /** Whoever floods the log is told of, but floods it no further by that. */
  async function unrecorded(tenantId: string, found: readonly Gap[]): Promise<Gap[]> {
    const fresh: Gap[] = [];
    for (let from = 0; from < found.length && fresh.length < most; from += batchSize)
      fresh.push(...(await gaps.unrecorded(tenantId, found.slice(from, from + batchSize))));
    return fresh.slice(0, most);
  }

  return async (tenantId, found) => {
    const fresh: Gap[] = [];
    for (const gap of await unrecorded(tenantId, found)) {
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
