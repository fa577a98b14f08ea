import type { Permit } from '#domain/action/permit.ts';
import { CodedError, type ErrorCode, errorFacts, isErrorCode } from '#domain/error.ts';
import type { WaitsTo } from '#domain/request/request.ts';
import type {
  AttemptEnd,
  BegunEffect,
  EffectAttempt,
  EffectOutcome,
  LedgerDecision,
} from '#stores/audit/ledger.ts';
import { ledgerDecision } from '../record.ts';
import type { FoundEffect } from '../registered-action.ts';
import { attempt } from './attempt.ts';
import { codeOf, effectEntry, outcomeOf } from './effect-entry.ts';
import type { Final, Performance, Performed, PerformOptions } from './performance.ts';
import { recordedResult } from './recorded-result.ts';
import { settlesInMs } from './settle-time.ts';

/**
 * Decision, intent, claim and first attempt are one transaction; only then is the first byte sent. When the claim
 * exists already, the newest attempt decides: one that surely had no effect is followed by the next, of any other we
 * wait until it has settled and look for its effect.
 */
export async function performWrite(
  options: PerformOptions,
  performance: Performance,
  permit: Permit,
): Promise<Performed> {
  const { actor, approval, requestId, runId, namesRunId, inputDigest } = performance;
  if (performance.lookOnly !== null) {
    const claimed = await options.ledger.claimOf(actor.tenantId, runId);
    return claimed === null ? performance.lookOnly : goOn(options, performance, permit, claimed);
  }
  const askedAt = ticks(options);
  const begun = await options.ledger.beginEffect(actor.tenantId, {
    decision: decisionOf(performance),
    entry: effectEntry(performance, 'intended', { at: options.now() }),
    claim: { runId, requestId, approvalId: approval?.id ?? null, namesRunId, inputDigest },
  });
  switch (begun.claim) {
    case 'approval_consumed':
      return failed('APPROVAL_NOT_PENDING');
    case 'new':
      return send(options, performance, permit, { askedAt, claim: begun });
    case 'existing':
      return goOn(options, performance, permit, begun);
  }
}

function decisionOf({ actor, action, decision, requestId, runId }: Performance): LedgerDecision {
  return ledgerDecision(actor, action.facts, decision, { requestId, runId });
}

function ticks({ monotonicMs = () => globalThis.performance.now() }: PerformOptions): number {
  return monotonicMs();
}

/** An earlier attempt made the claim: its outcome is on record, or it surely had no effect, or we look. */
async function goOn(
  options: PerformOptions,
  performance: Performance,
  permit: Permit,
  claim: BegunEffect,
): Promise<Performed> {
  if (claim.inputDigest !== performance.inputDigest) return failed('APPROVAL_STALE');
  if (claim.outcome !== null) return fromRecord(options, performance, claim.outcome);
  const newest = newestOf(claim);
  return newest.ended === null
    ? look(options, performance, permit, { claim, newest })
    : sendAgain(options, performance, permit, { claim, newest: { ...newest, ended: newest.ended } });
}

function newestOf({ attempts }: BegunEffect): EffectAttempt {
  const newest = attempts.at(-1);
  if (newest === undefined) throw new CodedError('INTERNAL', { message: 'a claim without an attempt' });
  return newest;
}

/** A claim whose newest attempt … */
interface Tried<Newest> {
  claim: BegunEffect;
  newest: Newest;
}

interface Sending {
  /** When its attempt was asked to be recorded, by the clock that never goes back. */
  askedAt: number;
  claim: BegunEffect;
}

/**
 * Sends what the attempt on record is for, unless this process stood still since it asked for that record: by now
 * another one may have looked, found nothing and sent.
 */
async function send(
  options: PerformOptions,
  performance: Performance,
  permit: Permit,
  { askedAt, claim }: Sending,
): Promise<Performed> {
  const { actor, action, input, lastTry, runId, signal } = performance;
  if (ticks(options) - askedAt >= options.effectSettleMs) return later(options.effectSettleMs);
  const sent = await attempt(() => action.run(permit, input, signal));
  if (sent.ok)
    return finish(options, performance, { final: await done(options, performance, sent.output), claim });
  const { error } = sent;
  if (sent.happened === 'unknown') {
    return later(Math.max(options.effectSettleMs, error.retryAfterMs ?? 0), error);
  }
  // A time that the provider named is waited for, however many tries there were.
  const isNamed = error.retryAfterMs !== undefined;
  if (!sent.retryable || (lastTry && !isNamed))
    return finish(options, performance, { final: { kind: 'failed', error }, claim });
  const { n } = newestOf(claim);
  const againInMs = error.retryAfterMs ?? null;
  await options.ledger.endAttempt(actor.tenantId, runId, { n, code: error.code, againInMs });
  return later(againInMs ?? pauseMs(n), error, 'send');
}

/** Looks for the effect of an attempt of which nobody knows, once it has settled. */
async function look(
  options: PerformOptions,
  performance: Performance,
  permit: Permit,
  { claim, newest }: Tried<EffectAttempt>,
): Promise<Performed> {
  const { actor, action, input, lastTry, lookOnly, nthTry, runId, signal } = performance;
  const settlesIn = settlesInMs(newest, claim, options);
  if (settlesIn > 0) return later(settlesIn);
  const looked = await attempt(() => action.find(permit, input, signal));
  const found: FoundEffect = looked.ok ? looked.output : { found: 'unknown', error: looked.error };
  switch (found.found) {
    case 'yes':
      return finish(options, performance, { final: await done(options, performance, found.output), claim });
    case 'unknown': {
      const again = !lastTry && (found.error === undefined || errorFacts(found.error.code).retryable);
      return again
        ? later(Math.max(lookPauseMs(nthTry, options), found.error?.retryAfterMs ?? 0), found.error)
        : finish(options, performance, { final: { kind: 'unknown' }, claim });
    }
    case 'no': {
      if (lookOnly !== null) return finish(options, performance, { final: lookOnly, claim });
      const ended = { code: 'api_unreachable', againAt: null } as const;
      await options.ledger.endAttempt(actor.tenantId, runId, {
        n: newest.n,
        code: ended.code,
        againInMs: null,
      });
      return sendAgain(options, performance, permit, { claim, newest: { ...newest, ended } });
    }
  }
}

/** The newest attempt surely had no effect: the next one sends, if there still is time. */
async function sendAgain(
  options: PerformOptions,
  performance: Performance,
  permit: Permit,
  { claim, newest }: Tried<EffectAttempt & { ended: AttemptEnd }>,
): Promise<Performed> {
  const { actor, approval, lastTry, lookOnly, runId } = performance;
  const { code, againAt } = newest.ended;
  if (lookOnly !== null) return finish(options, performance, { final: lookOnly, claim });
  const isLate = approval !== null && approval.actBefore <= options.now();
  // Where a look has just told, no provider kept it from being sent in time.
  const isOurs = newestOf(claim).ended === null;
  if (isLate && isOurs) return finish(options, performance, { final: { kind: 'expired' }, claim });
  // A wait that the provider asked for is none of its tries.
  const isOver = isLate || (lastTry && againAt === null);
  if (isOver) return finish(options, performance, { final: failed(code), claim });
  const waitMs = againAt === null ? 0 : Date.parse(againAt) - Date.parse(claim.now);
  if (waitMs > 0) return later(waitMs, new CodedError(code, { retryAfterMs: waitMs }), 'send');
  const askedAt = ticks(options);
  const n = newest.n + 1;
  const decision = decisionOf(performance);
  const next = await options.ledger.addAttempt(actor.tenantId, runId, { n, decision });
  if (!next.added || next.at === null) return later(options.effectSettleMs);
  const added = { n, at: next.at, decisionId: decision.decisionId, ended: null };
  return send(options, performance, permit, {
    askedAt,
    claim: { ...claim, attempts: [...claim.attempts, added] },
  });
}

/** After so many attempts that surely had no effect: 2 s, 4 s, … 150 s, so that a write's tries fill its 15 minutes. */
function pauseMs(attempts: number): number {
  return Math.min(1_000 * 2 ** attempts, 150_000);
}

/**
 * After a look that told nothing: the settle time from the second try on, then twice as long each time, up to 400 s (or
 * the settle time), so that no person is asked because of an outage of half an hour. Twelve tries are over within the
 * hour after which the record counts as incomplete.
 */
function lookPauseMs(nthTry: number, { effectSettleMs }: PerformOptions): number {
  const doubled = effectSettleMs * 2 ** Math.max(0, nthTry - 2);
  return Math.max(effectSettleMs, Math.min(doubled, 400_000));
}

interface Finishing {
  final: Final;
  claim: BegunEffect;
}

/** The outcome on record counts, even if another attempt put it there first. */
async function finish(
  options: PerformOptions,
  performance: Performance,
  { final, claim }: Finishing,
): Promise<Performed> {
  const onRecord = await options.ledger.finishEffect(performance.actor.tenantId, performance.runId, {
    entry: effectEntry(performance, final, { at: options.now(), claim }),
    outcome: outcomeOf(final),
    result: { kind: final.kind, code: codeOf(final), output: final.kind === 'done' ? final.output : null },
    attempts: newestOf(claim).n,
  });
  // Another worker sends just now: whoever comes next looks at what became of that.
  if (onRecord.outcome === null) return later(options.effectSettleMs);
  return onRecord.recorded ? final : fromRecord(options, performance, onRecord);
}

async function fromRecord(
  options: PerformOptions,
  performance: Performance,
  { result }: EffectOutcome,
): Promise<Final> {
  const { kind, code, output } = recordedResult.parse(result);
  if (kind === 'done') return done(options, performance, output);
  const known = code !== null && isErrorCode(code) ? code : 'INTERNAL';
  if (kind === 'unsent') return { kind, code: known };
  if (kind !== 'failed') return { kind };
  return { kind, error: new CodedError(known) };
}

async function done({ classify }: PerformOptions, performance: Performance, output: unknown): Promise<Final> {
  const { actor, action, input, targetLabel: target } = performance;
  return { kind: 'done', output, touched: await classify.touched(actor, action, { input, output, target }) };
}

function failed(code: ErrorCode): Extract<Final, { kind: 'failed' }> {
  return { kind: 'failed', error: new CodedError(code) };
}

function later(afterMs: number, error = new CodedError('api_unreachable'), to: WaitsTo = 'look'): Performed {
  return { kind: 'later', afterMs, error, to };
}
