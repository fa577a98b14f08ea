import type { ApprovalQuestion, AskedAgain } from '#domain/approval/approval.ts';
import { labelOf } from '#domain/classification/derive-classification.ts';
import { CodedError } from '#domain/error.ts';
import type { ActionState } from '#domain/request/request.ts';
import type { Performed } from '#governance/perform/performance.ts';
import { policyErrorCode } from '#governance/reason-words.ts';
import { auditEntry, ledgerDecision } from '#governance/record.ts';
import { newId } from '#platform/new-id.ts';
import type { FinishedAction } from '#stores/request/requests.ts';
import type { ActInput, ActResult } from '#workflows/messages/action.ts';
import { comeBack } from '../come-back.ts';
import type { Act, ActOptions } from './acting.ts';
import { dueRun, namedTimeOf } from './due-run.ts';

/** Policy says no: that goes on record, the requester is told, and the action is over. */
export async function deny(options: ActOptions, act: Act): Promise<ActResult> {
  await recordDecision(options, act, 'denied', `${act.run.runId}#denied`);
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
  await recordDecision(options, act, 'denied', `${act.run.runId}#${kind}`);
  // Somebody approved it: that it was too late is what became of the action.
  await closeApproval(options, act, 'stale');
  await finish(options, act, kind, { errorCode: kind === 'stale' ? 'APPROVAL_STALE' : 'APPROVAL_EXPIRED' });
  return { kind };
}

/** Opens the question that a person has to answer; called again, it finds the one that is already open. */
export async function askHuman(
  options: ActOptions,
  act: Act,
  why: AskedAgain | null,
  least = 1,
): Promise<ActResult> {
  const { input, run, actor, begun, opened, decision } = act;
  const { runId } = run;
  const { action } = opened;
  // Votes of an earlier round no longer count.
  if (input.approval !== undefined) await closeApproval(options, act, 'stale');
  const round = Math.max(least, await roundFor(options, act, why));
  const named = namedTimeOf(run);
  const notBefore = named !== null && named.inMs > 0 ? named : null;
  const livesMs = input.approvalExpiresMs + (notBefore?.inMs ?? 0);
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
    // What is decided has to last until it may be sent: else people would be asked again and again.
    expiresAt: new Date(options.now().getTime() + livesMs).toISOString(),
    askedAgain: why ?? (round > 1 ? 'lost' : null),
    waits:
      notBefore === null ? null : { until: notBefore.at.toISOString(), code: notBefore.code, to: 'send' },
  });
  if (row.state !== 'pending') {
    // Decided since we looked.
    await options.endApproval(actor.tenantId, row.id, { state: 'stale' });
    return askHuman(options, act, why, round + 1);
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
  const expiresMs = Math.max(1, Date.parse(row.expiresAt) - options.now().getTime());
  return { kind: 'needs_approval', question, expiresMs };
}

/**
 * One that is open already is asked on. What was decided, but not acted on, is closed: nobody has those votes now. What
 * a person said to send again is a question of its own, whose rounds begin anew.
 */
async function roundFor(
  { approvals, endApproval }: ActOptions,
  { actor, begun, run }: Act,
  why: AskedAgain | null,
): Promise<number> {
  const { approvalId } = begun.action;
  const newest = approvalId === null ? undefined : await approvals.get(actor.tenantId, approvalId);
  if (newest === undefined) return 1;
  const isOfRun = newest.runId === run.runId;
  if (isOfRun && newest.state === 'pending') return newest.round;
  await endApproval(actor.tenantId, newest.id, { state: 'stale' });
  return !isOfRun && why === 'send_again' ? 1 : newest.round + 1;
}

/** Writes the outcome into the read model; "later" goes back to Temporal, which waits for us. */
export async function endPerformance(
  options: Pick<ActOptions, 'requests' | 'endApproval' | 'now'>,
  act: Pick<Act, 'input' | 'run' | 'actor' | 'begun' | 'decision'>,
  performed: Exclude<Performed, { kind: 'unsent' }>,
): Promise<ActResult> {
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
      await finish(options, act, 'failed', {
        errorCode: performed.error.code,
        namedTime: timeAfter(options.now(), performed.error.retryAfterMs),
      });
      return { kind: 'failed' };
    case 'expired':
      await closeApproval(options, act, 'stale');
      await finish(options, act, 'expired', { errorCode: 'APPROVAL_EXPIRED' });
      return { kind: 'expired' };
    case 'unknown':
      await closeApproval(options, act, 'consumed');
      await finish(options, act, 'outcome_unknown', { errorCode: 'OUTCOME_UNKNOWN' });
      return { kind: 'outcome_unknown', runId: act.run.runId };
  }
}

/**
 * Withdrawn while it waited, as its row says already: what had been claimed, and surely was not sent, is on record as
 * such.
 */
export async function endWithdrawn(
  options: Pick<ActOptions, 'ledger' | 'openAction' | 'now'>,
  input: ActInput,
  onRow: number,
): Promise<ActResult> {
  const { actor, action, inputDigest, requestId, target } = input;
  const { registered } = options.openAction(actor.tenantId, action);
  if (registered.facts.effect === 'read') return { kind: 'withdrawn' };
  const { onRecord: claim, runId } = await dueRun(options.ledger, input, onRow);
  if (claim !== null && claim.outcome === null) {
    const code = 'REQUEST_NOT_PENDING';
    const entry = auditEntry(
      actor,
      {
        event: registered.event,
        detail: `${registered.facts.operation} on ${target}`,
        outcome: 'denied',
        ...(claim.claimedUnder === null ? {} : { decision: claim.claimedUnder }),
        requestId,
        metadata: { run_id: runId, input_digest: inputDigest, error: code },
      },
      options.now(),
    );
    const result = { kind: 'unsent', code, output: null };
    const attempts = claim.attempts.at(-1)?.n ?? 0;
    const end = { entry, outcome: 'denied', result, attempts } as const;
    const onRecord = await options.ledger.finishEffect(actor.tenantId, runId, end);
    // Another worker sends just now: what became of that is looked at again.
    if (onRecord.outcome === null) throw comeBack(new CodedError('api_unreachable'), 10_000);
  }
  return { kind: 'withdrawn' };
}

function timeAfter(at: Date, ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(at.getTime() + ms).toISOString();
}

async function recordDecision(
  options: ActOptions,
  { input, run: { runId }, actor, opened, decision }: Act,
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

/** Whoever started anew knows of no vote: then it is the newest approval of the action, decided or not. */
async function closeApproval(
  { endApproval }: Pick<ActOptions, 'endApproval'>,
  { input, actor, begun }: Pick<Act, 'input' | 'actor' | 'begun'>,
  state: 'consumed' | 'stale',
): Promise<void> {
  const approvalId = input.approval?.question.approvalId ?? begun.action.approvalId;
  if (approvalId === null) return;
  await endApproval(actor.tenantId, approvalId, { state });
}

async function finish(
  options: Pick<ActOptions, 'requests'>,
  { input, run, decision, actor }: Pick<Act, 'input' | 'run' | 'decision' | 'actor'>,
  state: ActionState,
  more: Pick<FinishedAction, 'errorCode' | 'result' | 'classification' | 'namedTime'>,
): Promise<void> {
  await options.requests.finishAction(actor.tenantId, {
    requestId: input.requestId,
    n: input.n,
    sending: run.sending,
    state,
    verdict: decision.verdict,
    reason: decision.reason,
    policyApplied: decision.policyApplied,
    ...more,
  });
}
