import { z } from 'zod';
import type { Permit } from '#domain/action/permit.ts';
import { CodedError, type ErrorCode, errorFacts, isErrorCode } from '#domain/error.ts';
import type { BegunEffect, EffectOutcome } from '#stores/audit/ledger.ts';
import { ledgerDecision } from '../record.ts';
import type { FoundEffect } from '../registered-action.ts';
import { attempt } from './attempt.ts';
import { codeOf, effectEntry, outcomeOf } from './effect-entry.ts';
import type { Final, Performance, Performed, PerformOptions } from './performance.ts';
import { settlesInMs } from './settle-time.ts';

/**
 * Decision, intent, claim and first attempt are one transaction; only then is the first byte sent. When the claim
 * exists already, we wait until the newest attempt has settled, look for its effect, and send again only if it is
 * certainly absent.
 */
export async function performWrite(
  options: PerformOptions,
  performance: Performance,
  permit: Permit,
): Promise<Performed> {
  const { actor, action, approval, decision, requestId, runId, namesRunId, inputDigest } = performance;
  if (performance.lookOnly !== null) {
    const claimed = await options.ledger.claimOf(actor.tenantId, runId);
    return claimed === null ? performance.lookOnly : goOn(options, performance, permit, claimed);
  }
  const askedAt = ticks(options);
  const begun = await options.ledger.beginEffect(actor.tenantId, {
    decision: ledgerDecision(actor, action.facts, decision, { requestId, runId }),
    entry: effectEntry(performance, 'intended', options.now()),
    claim: { runId, requestId, approvalId: approval?.id ?? null, namesRunId, inputDigest },
  });
  switch (begun.claim) {
    case 'approval_consumed':
      return failed('APPROVAL_NOT_PENDING');
    case 'new':
      return send(options, performance, permit, askedAt);
    case 'existing':
      return goOn(options, performance, permit, begun);
  }
}

function ticks({ monotonicMs = () => globalThis.performance.now() }: PerformOptions): number {
  return monotonicMs();
}

/** An earlier attempt made the claim: either its outcome is on record, or we look for what it sent. */
async function goOn(
  options: PerformOptions,
  performance: Performance,
  permit: Permit,
  begun: BegunEffect,
): Promise<Performed> {
  if (begun.inputDigest !== performance.inputDigest) return failed('APPROVAL_STALE');
  if (begun.outcome !== null) return fromRecord(options, performance, begun.outcome);
  return lookThenSend(options, performance, permit, begun);
}

/**
 * Sends what the attempt on record is for, unless this process stood still since it asked for that record: by now
 * another one may have looked, found nothing and sent.
 */
async function send(
  options: PerformOptions,
  performance: Performance,
  permit: Permit,
  askedAt: number,
): Promise<Performed> {
  const { action, input, signal } = performance;
  if (ticks(options) - askedAt >= options.effectSettleMs) return later(options.effectSettleMs);
  const sent = await attempt(() => action.run(permit, input, signal));
  if (sent.ok) return finish(options, performance, await done(options, performance, sent.output));
  const over = sent.happened === 'no' && (!sent.retryable || performance.lastTry);
  if (over) return finish(options, performance, { kind: 'failed', error: sent.error });
  return later(Math.max(options.effectSettleMs, sent.error.retryAfterMs ?? 0), sent.error);
}

async function lookThenSend(
  options: PerformOptions,
  performance: Performance,
  permit: Permit,
  begun: BegunEffect,
): Promise<Performed> {
  const { actor, action, approval, input, lastTry, lookOnly, runId, signal } = performance;
  const newest = begun.attempts.at(-1);
  if (newest === undefined) throw new CodedError('INTERNAL', { message: 'a claim without an attempt' });
  const settlesIn = settlesInMs(newest, begun, options);
  if (settlesIn > 0) return later(settlesIn);

  const looked = await attempt(() => action.find(permit, input, signal));
  const found: FoundEffect = looked.ok ? looked.output : { found: 'unknown', error: looked.error };
  if (found.found === 'yes')
    return finish(options, performance, await done(options, performance, found.output));
  if (found.found === 'unknown') {
    const again = !lastTry && (found.error === undefined || errorFacts(found.error.code).retryable);
    return again
      ? later(Math.max(options.effectSettleMs, found.error?.retryAfterMs ?? 0), found.error)
      : finish(options, performance, { kind: 'unknown' });
  }
  if (lookOnly !== null) return finish(options, performance, lookOnly);
  if (approval !== null && approval.actBefore <= options.now()) {
    return finish(options, performance, { kind: 'expired' });
  }
  if (lastTry) return finish(options, performance, failed('api_unreachable'));
  const askedAt = ticks(options);
  const next = await options.ledger.addAttempt(actor.tenantId, runId, newest.n + 1);
  return next.added ? send(options, performance, permit, askedAt) : later(options.effectSettleMs);
}

/** The outcome on record counts, even if another attempt put it there first. */
async function finish(options: PerformOptions, performance: Performance, final: Final): Promise<Final> {
  const onRecord = await options.ledger.finishEffect(performance.actor.tenantId, performance.runId, {
    entry: effectEntry(performance, final, options.now()),
    outcome: outcomeOf(final),
    result: { kind: final.kind, code: codeOf(final), output: final.kind === 'done' ? final.output : null },
  });
  return onRecord.recorded ? final : fromRecord(options, performance, onRecord);
}

const recordedResult = z.object({
  kind: z.enum(['done', 'failed', 'expired', 'unknown']),
  code: z.string().nullable(),
  output: z.unknown(),
});

async function fromRecord(
  options: PerformOptions,
  performance: Performance,
  { result }: EffectOutcome,
): Promise<Final> {
  const { kind, code, output } = recordedResult.parse(result);
  if (kind === 'done') return done(options, performance, output);
  if (kind !== 'failed') return { kind };
  return { kind, error: new CodedError(code !== null && isErrorCode(code) ? code : 'INTERNAL') };
}

async function done({ classify }: PerformOptions, performance: Performance, output: unknown): Promise<Final> {
  const { actor, action, input, targetLabel: target } = performance;
  return { kind: 'done', output, touched: await classify.touched(actor, action, { input, output, target }) };
}

function failed(code: ErrorCode): Final {
  return { kind: 'failed', error: new CodedError(code) };
}

function later(afterMs: number, error = new CodedError('api_unreachable')): Performed {
  return { kind: 'later', afterMs, error };
}
