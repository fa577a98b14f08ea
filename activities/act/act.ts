import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { itemKeyOf } from '#connectors/item-key.ts';
import type { ApprovalQuestion, SignedVote } from '#domain/approval/approval.ts';
import { raisedByContent } from '#domain/classification/classify-content.ts';
import { CodedError } from '#domain/error.ts';
import { actionRunId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import { type ApprovalCheck, checkApproval } from '#governance/check-approval.ts';
import type { TargetLabel } from '#governance/classification/classify-data.ts';
import type { Final, Performance } from '#governance/perform/performance.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { ActInput, ActResult } from '#workflows/messages/action.ts';
import { worksNow } from '../tenant/suspension.ts';
import type { Act, ActOptions } from './acting.ts';
import { endBroken } from './end-broken.ts';
import { askHuman, deny, endPerformance, endWithout } from './endings.ts';

/** May the action run now? If not: why, and what happens instead. */
type Clearance =
  | { kind: 'act'; approval: { id: string; actBefore: Date } | null }
  | { kind: 'ask'; round: number }
  | { kind: 'denied' | 'stale' | 'expired' };

/** Attempts. A person waits for a read, so it gives up soon; a write has its fifteen minutes. */
const readTries = 4;
const writeTries = 12;

/** Rights that a token stated less than this long ago are not checked again. */
const freshMs = 60_000;

/** Policy, then the effect, then the record: everything one action needs, in one activity (architecture §5). */
export function createAct(options: ActOptions): (input: ActInput) => Promise<ActResult> {
  return async (input) => {
    try {
      return await actOnce(options, input);
    } catch (error) {
      return endBroken(options, input, error);
    }
  };
}

async function actOnce(options: ActOptions, input: ActInput): Promise<ActResult> {
  if (!(await worksNow(options.tenants, input.actor.tenantId))) return { kind: 'held' };
  const { actor, requestId, n } = input;
  const item = itemOfTarget(options, input);
  const { orgUnit } = actor;
  const begun = await options.requests.beginAction(actor.tenantId, requestId, n, { item, orgUnit });
  if (begun.status === 'finished') return endedAs(begun.action.state);
  const act = await openAct(options, input, begun, { item, override: begun.override });
  const clearance = await clearanceFor(options, act);
  if (clearance.kind === 'act')
    return carryOut(options, act, { approval: clearance.approval, lookOnly: null });
  // An earlier attempt may already have sent it: then we only look for its outcome, whatever policy says now.
  if (await isClaimed(options, act)) {
    return carryOut(options, act, { approval: null, lookOnly: insteadOf(clearance.kind) });
  }
  switch (clearance.kind) {
    case 'denied':
      return deny(options, act);
    case 'ask':
      return askHuman(options, act, clearance.round);
    case 'stale':
    case 'expired':
      return endWithout(options, act, clearance.kind);
  }
}

/** How an effect ends when it may no longer be sent and no earlier attempt turns out to have sent it. */
function insteadOf(kind: Exclude<Clearance['kind'], 'act'>): Final {
  if (kind === 'expired') return { kind };
  const codes = {
    denied: 'POLICY_DENIED',
    stale: 'APPROVAL_STALE',
    ask: 'POLICY_APPROVAL_REQUIRED',
  } as const;
  return { kind: 'failed', error: new CodedError(codes[kind]) };
}

function itemOfTarget({ openAction }: ActOptions, { actor, action, target }: ActInput): string {
  const { connector: source } = openAction(actor.tenantId, action).action;
  return itemKeyOf({ source, itemId: target });
}

async function openAct(
  options: ActOptions,
  input: ActInput,
  begun: Act['begun'],
  askedFor: TargetLabel,
): Promise<Act> {
  const { requestId, n, sending, inputDigest, target, origin } = input;
  if (sha256Hex(canonicalJson(begun.input)) !== inputDigest) {
    throw new CodedError('CONTENT_UNREADABLE', { message: 'the input is not what was planned' });
  }
  const runId = actionRunId(requestId, n, sending);
  const opened = options.openAction(input.actor.tenantId, input.action);
  // Approvers see the target, the provider gets the input: both have to mean the same thing.
  if (begun.action.action !== input.action || opened.action.target(begun.input) !== target) {
    throw new CodedError('CONTENT_UNREADABLE', { message: 'the input is not what would be approved' });
  }
  const confirmed = await rightsNow(options, input, begun);
  const actor = confirmed ?? input.actor;
  // A requester who has moved to another unit gets the label that holds in the new one.
  const hasMoved = actor.orgUnit !== input.actor.orgUnit;
  const targetLabel = hasMoved ? await options.classify.ofItem(actor, askedFor.item) : askedFor;
  const decision = await options.decide({
    actor,
    facts: opened.registered.facts,
    classification: raisedByContent(targetLabel.override ?? opened.action.classify(begun.input), begun.input),
    origin,
    target,
    inputDigest,
    runId,
    requesterConfirmed: confirmed !== undefined,
  });
  return { input, runId, actor, begun, opened, targetLabel, decision };
}

async function rightsNow(
  options: ActOptions,
  input: ActInput,
  begun: Act['begun'],
): Promise<Actor | undefined> {
  const ageMs = options.now().getTime() - Date.parse(begun.request.createdAt);
  if (input.approval === undefined && ageMs < freshMs) return input.actor;
  return options.rightsNow(input.actor.tenantId, input.actor.userId);
}

async function clearanceFor(options: ActOptions, { input, decision, actor }: Act): Promise<Clearance> {
  const { approval } = input;
  switch (decision.verdict) {
    case 'deny':
      return { kind: 'denied' };
    case 'allow':
    case 'notify':
      return approval === undefined ? { kind: 'act', approval: null } : { kind: 'stale' };
    case 'require_approval': {
      if (approval === undefined) return { kind: 'ask', round: 1 };
      const { question, votes } = approval;
      if (question.digest !== decision.digest) return { kind: 'stale' };
      const askAnew: Clearance = { kind: 'ask', round: question.round + 1 };
      const check = await checkInWorkingTime(options, question, votes);
      if (!check.holds) return check.why === 'late' ? { kind: 'expired' } : askAnew;
      // Votes that were never recorded allow nothing: a stranger at the Temporal port can answer in place of the
      // activity that counts them.
      if (!(await isApproved(options, actor.tenantId, question.approvalId))) return askAnew;
      return { kind: 'act', approval: { id: question.approvalId, actBefore: check.actBefore } };
    }
  }
}

/** Time during which the tenant is suspended doesn't count against the time for the effect. */
async function checkInWorkingTime(
  options: ActOptions,
  question: ApprovalQuestion,
  votes: readonly SignedVote[],
): Promise<ApprovalCheck> {
  const at = options.now();
  const check = await checkApproval(options.checkVote, question, votes, at);
  if (check.holds || check.why !== 'late') return check;
  const lastVote = Math.max(...votes.map(({ claims }) => Date.parse(claims.at)));
  const time = { since: new Date(lastVote).toISOString(), until: at.toISOString() };
  const stillMs = await options.tenants.stoodStillMs(question.tenantId, time);
  if (stillMs <= 0) return check;
  const again = await checkApproval(options.checkVote, question, votes, new Date(at.getTime() - stillMs));
  return again.holds ? { holds: true, actBefore: new Date(again.actBefore.getTime() + stillMs) } : again;
}

async function isApproved({ approvals }: ActOptions, tenantId: string, id: string): Promise<boolean> {
  const stored = await approvals.get(tenantId, id);
  return stored?.state === 'approved' || stored?.state === 'consumed';
}

async function isClaimed({ ledger }: ActOptions, { actor, runId, opened }: Act): Promise<boolean> {
  return opened.registered.facts.effect !== 'read' && (await ledger.claimOf(actor.tenantId, runId)) !== null;
}

async function carryOut(
  options: ActOptions,
  act: Act,
  clearance: Pick<Performance, 'approval' | 'lookOnly'>,
): Promise<ActResult> {
  const { input, runId, actor, begun, opened, targetLabel, decision } = act;
  const { requestId, n, sending, inputDigest, target } = input;
  const tries = opened.registered.facts.effect === 'read' ? readTries : writeTries;
  const performed = await options.perform({
    ...clearance,
    actor,
    requestId,
    runId,
    namesRunId: sending > 1 ? actionRunId(requestId, n, sending - 1) : null,
    action: opened.registered,
    input: begun.input,
    inputDigest,
    target,
    targetLabel,
    decision,
    signal: cancellationSignal(),
    lastTry: activityInfo().attempt >= tries,
  });
  return endPerformance(options, act, performed);
}

function endedAs(state: Act['begun']['action']['state']): ActResult {
  if (state === 'planned' || state === 'waiting_approval' || state === 'outcome_unknown') {
    throw new CodedError('INTERNAL', { message: `an action in state ${state} is not at its end` });
  }
  return { kind: state };
}
