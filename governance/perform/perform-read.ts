import type { Permit } from '#domain/action/permit.ts';
import { ledgerDecision } from '../record.ts';
import { attempt } from './attempt.ts';
import { effectEntry } from './effect-entry.ts';
import type { Final, Performance, Performed, PerformOptions } from './performance.ts';

const retryAfterMs = 2_000;

/** A person is waiting: when a provider asks to be left alone for longer than this, that is the answer. */
const patienceMs = 60_000;

/** Reads, then records decision and outcome in one transaction, and only then returns the answer. */
export async function performRead(
  { ledger, now, classify }: PerformOptions,
  performance: Performance,
  permit: Permit,
): Promise<Performed> {
  const { actor, action, input, decision, requestId, runId, signal, lastTry, targetLabel } = performance;
  const read = await attempt(() => action.run(permit, input, signal));
  if (!read.ok && read.retryable && !lastTry) {
    const afterMs = read.error.retryAfterMs ?? retryAfterMs;
    if (afterMs <= patienceMs) return { kind: 'later', afterMs, error: read.error, to: 'send' };
  }
  const final: Final = read.ok
    ? {
        kind: 'done',
        output: read.output,
        touched: await classify.touched(actor, action, { input, output: read.output, target: targetLabel }),
      }
    : { kind: 'failed', error: read.error };
  await ledger.record(actor.tenantId, {
    decision: ledgerDecision(actor, action.facts, decision, { requestId, runId }),
    entries: [effectEntry(performance, final, { at: now() })],
    // A repeated read has touched the data twice, and each time is on record.
    dedupeKey: null,
  });
  return final;
}
