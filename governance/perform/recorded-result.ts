import { z } from 'zod';
import { type ErrorCode, isErrorCode } from '#domain/error.ts';
import type { EffectOutcome } from '#stores/audit/ledger.ts';

/** How an effect ended, as it is kept beside its outcome in the ledger. */
export const recordedResult = z.object({
  kind: z.enum(['done', 'failed', 'expired', 'unknown', 'unsent']),
  code: z.string().nullable(),
  output: z.unknown(),
});

/** Why it may no longer be sent under this run, though it surely was not; `null` when it ended in another way. */
export function unsentCodeOf(outcome: EffectOutcome | null): ErrorCode | null {
  if (outcome === null) return null;
  const { kind, code } = recordedResult.parse(outcome.result);
  if (kind !== 'unsent') return null;
  return code !== null && isErrorCode(code) ? code : 'INTERNAL';
}
