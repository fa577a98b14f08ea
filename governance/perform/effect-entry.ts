import type { AuditEntry, AuditOutcome } from '#domain/audit/audit.ts';
import type { BegunEffect } from '#stores/audit/ledger.ts';
import { auditEntry } from '../record.ts';
import type { Final, Performance } from './performance.ts';

const outcomes = {
  done: 'success',
  failed: 'error',
  expired: 'denied',
  unsent: 'denied',
  unknown: 'unknown',
} as const;

export function outcomeOf(final: Final): AuditOutcome {
  return outcomes[final.kind];
}

/** The error code; `null` when nothing went wrong. */
export function codeOf(final: Final): string | null {
  switch (final.kind) {
    case 'done':
      return null;
    case 'failed':
      return final.error.code;
    case 'expired':
      return 'APPROVAL_EXPIRED';
    case 'unsent':
      return final.code;
    case 'unknown':
      return 'OUTCOME_UNKNOWN';
  }
}

/**
 * The audit entry of one step of a performance: the intent before it, or the end of it, which names the decision under
 * which the effect was claimed, whoever finishes it and under which decision it was sent again.
 */
export function effectEntry(
  performance: Performance,
  step: 'intended' | Final,
  { at, claim }: { at: Date; claim?: Pick<BegunEffect, 'claimedUnder' | 'attempts'> },
): AuditEntry {
  const { actor, action, requestId, runId, namesRunId, target, approval } = performance;
  const decision = claim?.claimedUnder ?? performance.decision;
  const sentUnder = claim?.attempts.at(-1)?.decisionId ?? decision.decisionId;
  const final = step === 'intended' ? null : step;
  const metadata = {
    run_id: runId,
    input_digest: performance.inputDigest,
    ...(approval === null ? {} : { approval_id: approval.id }),
    ...(namesRunId === null ? {} : { names_run_id: namesRunId }),
    ...(sentUnder === decision.decisionId ? {} : { sent_again_under: sentUnder }),
    ...(final === null || final.kind === 'done' ? {} : { error: codeOf(final) }),
  };
  return auditEntry(
    actor,
    {
      event: action.event,
      detail: `${action.facts.operation} on ${target}`,
      outcome: final === null ? 'intended' : outcomeOf(final),
      decision,
      requestId,
      touched: final?.kind === 'done' ? final.touched : [],
      metadata,
    },
    at,
  );
}
