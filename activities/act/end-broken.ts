import { CodedError, errorFacts } from '#domain/error.ts';
import { actionRunId } from '#domain/ids.ts';
import { auditEntry } from '#governance/record.ts';
import type { ActInput, ActResult } from '#workflows/messages/action.ts';
import type { ActOptions } from './acting.ts';

/**
 * Ends an action that no further attempt can save (an unreadable input, an action that no longer exists) on record,
 * instead of failing its workflow. If an earlier attempt may have sent it, a person is asked.
 */
export async function endBroken(options: ActOptions, input: ActInput, error: unknown): Promise<ActResult> {
  if (!(error instanceof CodedError) || errorFacts(error.code).retryable) throw error;
  // The request was withdrawn before this action began.
  if (error.code === 'REQUEST_NOT_PENDING') return { kind: 'withdrawn' };
  const { actor, requestId, n, sending } = input;
  const runId = actionRunId(requestId, n, sending);
  const sent = (await options.ledger.claimOf(actor.tenantId, runId)) !== null;
  const outcome = sent ? 'unknown' : 'error';
  const entry = auditEntry(
    actor,
    {
      event: 'request.failed',
      detail: `${input.action} on ${input.target}`,
      outcome,
      requestId,
      metadata: { run_id: runId, input_digest: input.inputDigest, error: error.code },
    },
    options.now(),
  );
  if (sent) {
    const result = { kind: 'unknown', code: 'OUTCOME_UNKNOWN', output: null };
    await options.ledger.finishEffect(actor.tenantId, runId, { entry, outcome, result });
  } else {
    const record = { decision: null, entries: [entry], dedupeKey: `${runId}#broken` };
    await options.ledger.record(actor.tenantId, record);
  }
  const end = sent
    ? ({ state: 'outcome_unknown', errorCode: 'OUTCOME_UNKNOWN' } as const)
    : ({ state: 'failed', errorCode: error.code } as const);
  await options.requests.finishAction(actor.tenantId, { requestId, n, sending, ...end });
  return sent ? { kind: 'outcome_unknown', runId } : { kind: 'failed' };
}
