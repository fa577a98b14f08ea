import type { ApprovalQuestion } from '#domain/approval/approval.ts';
import { labelOf } from '#domain/classification/derive-classification.ts';
import type { ActionState } from '#domain/request/request.ts';
import type { Performed } from '#governance/perform/performance.ts';
import { policyErrorCode } from '#governance/reason-words.ts';
import { auditEntry, ledgerDecision } from '#governance/record.ts';
import { newId } from '#platform/new-id.ts';
import type { FinishedAction } from '#stores/request/requests.ts';
import type { ActResult } from '#workflows/messages/action.ts';
import { comeBack } from '../come-back.ts';
import type { Act, ActOptions } from './acting.ts';

/** Policy says no: that goes on record, the requester is told, and the action is over. */
export async function deny(options: ActOptions, act: Act): Promise<ActResult> {
  await recordDecision(options, act, 'denied', `${act.runId}#denied`);
  await closeApproval(options, act, 'stale');
  const errorCode = policyErrorCode(act.decision.rules) ?? 'POLICY_DENIED';
  await finish(options, act, 'denied', { errorCode });
  return { kind: 'denied' };
}

/** Approved, but not for this any more (`stale`), or too long ago (`expired`): never executed. */
export async function endWithout(
  options: ActOptions,
  act: Act,
  kind: 'stale' | 'expired',
): Promise<ActResult> {
  await recordDecision(options, act, 'denied', `${act.runId}#${kind}`);
  await closeApproval(options, act, kind);
  await finish(options, act, kind, { errorCode: kind === 'stale' ? 'APPROVAL_STALE' : 'APPROVAL_EXPIRED' });
  return { kind };
}

/** Opens the question that a person has to answer; called again, it finds the one that is already open. */
export async function askHuman(options: ActOptions, act: Act, round: number): Promise<ActResult> {
  const { input, runId, actor, begun, opened, decision } = act;
  const { action } = opened;
  // Votes of an earlier round no longer count.
  await closeApproval(options, act, 'stale');
  await recordDecision(options, act, 'pending_approval', `${runId}#pending#${round}`);
  const row = await options.approvals.open(actor.tenantId, {
    id: newId('approval'),
    requestId: input.requestId,
    n: input.n,
    runId,
    round,
    requesterId: actor.userId,
    requesterOrgUnit: actor.orgUnit,
    approvers: decision.approvers,
    action: action.id,
    target: input.target,
    preview: action.effect === 'read' ? input.target : action.preview(begun.input),
    classification: decision.classification,
    digest: decision.digest,
    reason: decision.reason,
    policyApplied: decision.policyApplied,
    decisionId: decision.decisionId,
    expiresAt: new Date(options.now().getTime() + input.approvalExpiresMs).toISOString(),
  });
  if (row.state !== 'pending') {
    // Decided, but its workflow ended before acting on that, and nobody has those votes now: ask again.
    const closing = { state: 'stale', decidedBy: null, reasonRef: null } as const;
    await options.approvals.close(actor.tenantId, row.id, closing);
    return askHuman(options, act, round + 1);
  }
  const question: ApprovalQuestion = {
    tenantId: actor.tenantId,
    approvalId: row.id,
    round,
    requesterId: row.requesterId,
    approvers: row.approvers,
    items: [{ runId, action: row.action, target: row.target, digest: row.digest }],
    digest: row.digest,
  };
  return { kind: 'needs_approval', question };
}

/** Writes the outcome into the read model; "later" goes back to Temporal, which waits for us. */
export async function endPerformance(
  options: Pick<ActOptions, 'requests' | 'approvals'>,
  act: Pick<Act, 'input' | 'runId' | 'actor' | 'decision'>,
  performed: Performed,
): Promise<ActResult> {
  const { runId } = act;
  switch (performed.kind) {
    case 'later':
      throw comeBack(performed.error, performed.afterMs);
    case 'done': {
      await closeApproval(options, act, 'consumed');
      await finish(options, act, 'done', {
        result: performed.output,
        classification: labelOf([act.decision, ...performed.touched]),
      });
      return { kind: 'done' };
    }
    case 'failed':
      await closeApproval(options, act, 'consumed');
      await finish(options, act, 'failed', { errorCode: performed.error.code });
      return { kind: 'failed' };
    case 'expired':
      await closeApproval(options, act, 'expired');
      await finish(options, act, 'expired', { errorCode: 'APPROVAL_EXPIRED' });
      return { kind: 'expired' };
    case 'unknown':
      await closeApproval(options, act, 'consumed');
      await finish(options, act, 'outcome_unknown', { errorCode: 'OUTCOME_UNKNOWN' });
      return { kind: 'outcome_unknown', runId };
  }
}

async function recordDecision(
  options: ActOptions,
  { input, runId, actor, opened, decision }: Act,
  outcome: 'denied' | 'pending_approval',
  dedupeKey: string,
): Promise<void> {
  const { facts, event } = opened.registered;
  const { requestId, target, inputDigest } = input;
  const entry = auditEntry(
    actor,
    {
      event,
      detail: `${facts.operation} on ${target}`,
      outcome,
      decision,
      requestId,
      metadata: { run_id: runId, input_digest: inputDigest, digest: decision.digest },
    },
    options.now(),
  );
  const recorded = ledgerDecision(actor, facts, decision, { requestId, runId });
  await options.ledger.record(actor.tenantId, { decision: recorded, entries: [entry], dedupeKey });
}

async function closeApproval(
  { approvals }: Pick<ActOptions, 'approvals'>,
  { input, actor }: Pick<Act, 'input' | 'actor'>,
  state: 'consumed' | 'stale' | 'expired',
): Promise<void> {
  if (input.approval === undefined) return;
  const { approvalId } = input.approval.question;
  await approvals.close(actor.tenantId, approvalId, { state, decidedBy: null, reasonRef: null });
}

async function finish(
  options: Pick<ActOptions, 'requests'>,
  { input, decision, actor }: Pick<Act, 'input' | 'decision' | 'actor'>,
  state: ActionState,
  more: Pick<FinishedAction, 'errorCode' | 'result' | 'classification'>,
): Promise<void> {
  await options.requests.finishAction(actor.tenantId, {
    requestId: input.requestId,
    n: input.n,
    sending: input.sending,
    state,
    verdict: decision.verdict,
    reason: decision.reason,
    policyApplied: decision.policyApplied,
    ...more,
  });
}
