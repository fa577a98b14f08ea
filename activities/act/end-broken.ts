import type { AuditOutcome } from '#domain/audit/audit.ts';
import { CodedError, type ErrorCode, errorFacts, isErrorCode } from '#domain/error.ts';
import { recordedResult } from '#governance/perform/recorded-result.ts';
import { auditEntry } from '#governance/record.ts';
import type { BegunEffect } from '#stores/audit/ledger.ts';
import type { ActInput, ActResult } from '#workflows/messages/action.ts';
import type { ActOptions } from './acting.ts';
import { dueRun } from './due-run.ts';
import { endWithdrawn } from './endings.ts';

type RecordedKind = 'done' | 'failed' | 'expired' | 'unknown';

/**
 * Ends an action that no further attempt can save (an unreadable input, an action that no longer exists) on record,
 * instead of failing its workflow. If an earlier attempt may have sent it, a person is asked.
 */
export async function endBroken(options: ActOptions, input: ActInput, error: unknown): Promise<ActResult> {
  if (!(error instanceof CodedError) || errorFacts(error.code).retryable) throw error;
  // Whoever calls with what is not so ends nothing.
  if (error.code === 'CALL_NOT_SO') throw error;
  const { actor, requestId, n } = input;
  const actions = await options.requests.actionsOf(actor.tenantId, requestId);
  const onRow = actions.find((action) => action.n === n)?.sending ?? 1;
  // The request was withdrawn before this action began, or while it waited.
  if (error.code === 'REQUEST_NOT_PENDING') return endWithdrawn(options, input, onRow);
  const { sending, runId, onRecord: claim } = await dueRun(options.ledger, input, onRow);
  const end = claim === null ? ({ kind: 'failed', code: error.code } as const) : endOf(claim, error.code);
  const outcome: AuditOutcome = end.kind === 'unknown' ? 'unknown' : 'error';
  const entry = auditEntry(
    actor,
    {
      event: 'request.failed',
      detail: `${input.action} on ${input.target}`,
      outcome,
      ...(claim === null || claim.claimedUnder === null ? {} : { decision: claim.claimedUnder }),
      requestId,
      metadata: { run_id: runId, input_digest: input.inputDigest, error: error.code },
    },
    options.now(),
  );
  if (claim === null) {
    const record = { decision: null, entries: [entry], dedupeKey: `${runId}#broken` };
    await options.ledger.record(actor.tenantId, record);
  } else if (claim.outcome === null) {
    const result = { ...end, output: null };
    const attempts = claim.attempts.at(-1)?.n ?? 0;
    const onRecord = await options.ledger.finishEffect(actor.tenantId, runId, {
      entry,
      outcome,
      result,
      attempts,
    });
    // Another worker sends just now: the next try looks again.
    if (onRecord.outcome === null) throw error;
  }
  const state = end.kind === 'unknown' ? 'outcome_unknown' : end.kind;
  const errorCode = end.code === null ? {} : { errorCode: end.code };
  await options.requests.finishAction(actor.tenantId, { requestId, n, sending, state, ...errorCode });
  return end.kind === 'unknown' ? { kind: 'outcome_unknown', runId } : { kind: end.kind };
}

/** What is on record counts; else an attempt that surely had no effect is over, and of any other nobody knows. */
function endOf(claim: BegunEffect, broken: ErrorCode): { kind: RecordedKind; code: ErrorCode | null } {
  if (claim.outcome !== null) {
    const { kind, code } = recordedResult.parse(claim.outcome.result);
    if (kind !== 'unsent') return { kind, code: code !== null && isErrorCode(code) ? code : null };
  }
  return claim.attempts.at(-1)?.ended
    ? { kind: 'failed', code: broken }
    : { kind: 'unknown', code: 'OUTCOME_UNKNOWN' };
}
