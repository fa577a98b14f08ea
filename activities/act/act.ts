import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { itemKeyOf } from '#connectors/item-key.ts';
import { raisedByContent } from '#domain/classification/classify-content.ts';
import { CodedError } from '#domain/error.ts';
import { actionRunId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { TargetLabel } from '#governance/classification/classify-data.ts';
import type { Final, Performance, Performed } from '#governance/perform/performance.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { ActInput, ActResult } from '#workflows/messages/action.ts';
import { notSo } from '../not-so.ts';
import { worksNow } from '../tenant/suspension.ts';
import type { Act, ActOptions } from './acting.ts';
import { type Clearance, clearanceFor, type GivenApproval, unsentCode } from './clearance.ts';
import { dueRun, endOfNewest, type NamedTime, namedTimeOf } from './due-run.ts';
import { endBroken } from './end-broken.ts';
import { askHuman, deny, endPerformance, endWithdrawn, endWithout } from './endings.ts';
import { isLimited, isLongLook, showLook, waitFor } from './waiting.ts';

/** One try of Temporal's to carry out an activity. */
export interface Try {
  /** From 1. */
  attempt: number;
  signal: AbortSignal;
}

/** Attempts. A person waits for a read, so it gives up soon; a write has its fifteen minutes. */
const readTries = 4;
const writeTries = 12;

/** Rights that a token stated less than this long ago are not checked again. */
const freshMs = 60_000;

const temporalTry = (): Try => ({ attempt: activityInfo().attempt, signal: cancellationSignal() });

/** Policy, then the effect, then the record: everything one action needs, in one activity (architecture §5). */
export function createAct(
  options: ActOptions,
  thisTry: () => Try = temporalTry,
): (input: ActInput) => Promise<ActResult> {
  return async (input) => {
    try {
      return await actOnce(options, input, thisTry());
    } catch (error) {
      return endBroken(options, input, error);
    }
  };
}

async function actOnce(options: ActOptions, input: ActInput, tried: Try): Promise<ActResult> {
  if (!(await worksNow(options.tenants, input.actor.tenantId))) return { kind: 'held' };
  const { actor, requestId, n } = input;
  const item = itemOfTarget(options, input);
  const { orgUnit } = actor;
  const begun = await options.requests.beginAction(actor.tenantId, requestId, n, { item, orgUnit });
  if (begun.request.userId !== actor.userId) throw notSo('somebody else asked');
  if (begun.status === 'finished') {
    return begun.action.state === 'withdrawn'
      ? endWithdrawn(options, input, begun.action.sending)
      : endedAs(begun.action.state);
  }
  const act = await openAct(options, input, begun, { item, override: begun.override });
  const clearance = await clearanceFor(options, act);
  if (clearance.kind === 'act') return actNow(options, act, { approval: clearance.approval, tried });
  if (act.run.onRecord === null) return endUnclaimed(options, act, clearance);
  // An earlier attempt may already have sent it: then we only look for its outcome, whatever policy says now.
  const lookOnly = insteadOf(act, clearance);
  const performed = await perform(options, act, { approval: null, lookOnly, tried });
  return afterPerform(options, act, { performed, tried });
}

/** How an action ends, or goes on, of which nothing was sent under the run that is due. */
function endUnclaimed(
  options: ActOptions,
  act: Act,
  clearance: Exclude<Clearance, { kind: 'act' }>,
): Promise<ActResult> {
  switch (clearance.kind) {
    case 'denied':
      return deny(options, act);
    case 'ask':
      return askHuman(options, act, clearance.why);
    case 'stale':
    case 'expired':
      return endWithout(options, act, clearance.kind);
  }
}

/**
 * How a run ends that may no longer be sent, when no earlier attempt turns out to have sent it. `unsent` ends the run
 * alone: with that on record, the action goes on as if nothing had been tried.
 */
function insteadOf(act: Act, clearance: Exclude<Clearance, { kind: 'act' }>): Final {
  if (clearance.kind !== 'expired') return { kind: 'unsent', code: unsentCode(clearance) };
  const ended = endOfNewest(act.run);
  return ended === null ? { kind: 'expired' } : { kind: 'failed', error: new CodedError(ended.code) };
}

interface Cleared {
  approval: GivenApproval | null;
  tried: Try;
}

async function actNow(options: ActOptions, act: Act, cleared: Cleared): Promise<ActResult> {
  const { actor, begun, opened, run } = act;
  const named = namedTimeOf(run);
  if (named !== null && named.inMs > 0) return waitOrEnd(options, act, { ...cleared, named });
  if (begun.action.waits !== null)
    await options.requests.goOnWithAction(actor.tenantId, begun.request.id, begun.action.n);
  const { approval, tried } = cleared;
  const performed = await perform(options, act, { approval, lookOnly: null, tried });
  if (opened.registered.facts.effect === 'read' || !isLimited(performed))
    return afterPerform(options, act, { performed, tried });
  if (performed.to === 'look') return afterPerform(options, act, { performed, tried });
  const onRecord = await options.ledger.claimOf(actor.tenantId, run.runId);
  const limit = namedTimeOf({ ...run, onRecord });
  return limit === null
    ? afterPerform(options, act, { performed, tried })
    : waitOrEnd(options, { ...act, run: { ...run, onRecord } }, { ...cleared, named: limit });
}

/**
 * Waits for the time that the provider named. If that is later than the approval lives, people are asked again at once;
 * what needs no approval fails.
 */
async function waitOrEnd(
  options: ActOptions,
  act: Act,
  { named, approval, tried }: Cleared & { named: NamedTime },
): Promise<ActResult> {
  const { input, run } = act;
  // What needs no approval waits as long as one would live, from its own first attempt on.
  const firstAt = run.onRecord?.attempts[0]?.at ?? options.now().toISOString();
  const bound = approval?.waitBefore.getTime() ?? Date.parse(firstAt) + input.approvalExpiresMs;
  if (options.now().getTime() + named.inMs < bound) return waitFor(options, act, named);
  if (run.onRecord === null && approval !== null) return askHuman(options, act, 'named_time');
  const { code, inMs: retryAfterMs } = named;
  const lookOnly: Final =
    approval === null
      ? { kind: 'failed', error: new CodedError(code, { retryAfterMs }) }
      : { kind: 'unsent', code };
  const performed = await perform(options, act, { approval: null, lookOnly, tried });
  return afterPerform(options, act, { performed, tried });
}

/** A run that is over without having been sent is on record as such, so acting again finds the one that is due. */
async function afterPerform(
  options: ActOptions,
  act: Act,
  { performed, tried }: { performed: Performed; tried: Try },
): Promise<ActResult> {
  if (isLongLook(performed)) await showLook(options, act, performed);
  return performed.kind === 'unsent'
    ? actOnce(options, act.input, tried)
    : endPerformance(options, act, performed);
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
  const { inputDigest, target, origin } = input;
  if (sha256Hex(canonicalJson(begun.input)) !== inputDigest) {
    throw new CodedError('CONTENT_UNREADABLE', { message: 'the input is not what was planned' });
  }
  const opened = options.openAction(input.actor.tenantId, input.action);
  // Approvers see the target, the provider gets the input: both have to mean the same thing.
  if (begun.action.action !== input.action || opened.action.target(begun.input) !== target) {
    throw new CodedError('CONTENT_UNREADABLE', { message: 'the input is not what would be approved' });
  }
  const run = await runOf(options, input, begun, opened);
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
    runId: run.runId,
    requesterConfirmed: confirmed !== undefined,
  });
  return { input, run, actor, begun, opened, targetLabel, decision };
}

/** A read claims nothing, so it has one run. */
async function runOf(
  { ledger }: ActOptions,
  input: ActInput,
  begun: Act['begun'],
  opened: Act['opened'],
): Promise<Act['run']> {
  if (opened.registered.facts.effect !== 'read') return dueRun(ledger, input, begun.action.sending);
  const { requestId, n, sending } = input;
  return { sending, runId: actionRunId(requestId, n, sending), onRecord: null, earlier: null };
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

async function perform(
  options: ActOptions,
  act: Act,
  { tried, ...clearance }: Pick<Performance, 'approval' | 'lookOnly'> & { tried: Try },
): Promise<Performed> {
  const { input, run, actor, begun, opened, targetLabel, decision } = act;
  const { requestId, n, inputDigest, target } = input;
  const tries = opened.registered.facts.effect === 'read' ? readTries : writeTries;
  return options.perform({
    ...clearance,
    actor,
    requestId,
    runId: run.runId,
    namesRunId: run.sending > 1 ? actionRunId(requestId, n, run.sending - 1) : null,
    action: opened.registered,
    input: begun.input,
    inputDigest,
    target,
    targetLabel,
    decision,
    signal: tried.signal,
    lastTry: tried.attempt >= tries,
    nthTry: tried.attempt,
  });
}

function endedAs(state: Act['begun']['action']['state']): ActResult {
  if (state === 'planned' || state === 'waiting_approval' || state === 'outcome_unknown') {
    throw new CodedError('INTERNAL', { message: `an action in state ${state} is not at its end` });
  }
  return { kind: state };
}
