import type { BegunEffect, EffectAttempt } from '#stores/audit/ledger.ts';
import type { PerformOptions } from './performance.ts';

/**
 * Milliseconds until an attempt has settled: by then its request has arrived at the provider or never will, so that
 * looking for its effect tells the truth. Counted by the database's clock alone.
 */
export function settlesInMs(
  { at }: EffectAttempt,
  { now }: Pick<BegunEffect, 'now'>,
  { effectSettleMs }: Pick<PerformOptions, 'effectSettleMs'>,
): number {
  return Date.parse(at) + effectSettleMs - Date.parse(now);
}
