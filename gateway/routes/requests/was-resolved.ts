import { actionRunId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Resolution } from '#domain/request/request.ts';
import type { AuditReader } from '#stores/audit/entries.ts';

interface Said {
  requestId: string;
  n: number;
  sending: number;
  resolution: Resolution;
}

const mostLooked = 1_000;

/** Is it on record that this person said just this of that sending, and that it counted? */
export async function wasResolved(
  auditEntries: Pick<AuditReader, 'query'>,
  { tenantId, userId }: Actor,
  { requestId, n, sending, resolution }: Said,
): Promise<boolean> {
  const { entries } = await auditEntries.query(tenantId, {
    visibility: { kind: 'own', userId },
    filters: { requestId, userId, outcome: 'success' },
    limit: mostLooked,
    countTo: 0,
  });
  const runId = actionRunId(requestId, n, sending);
  return entries.some(
    ({ event, metadata }) =>
      event === 'request.outcome_resolved' &&
      metadata['run_id'] === runId &&
      metadata['resolution'] === resolution,
  );
}
