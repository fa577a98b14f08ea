import type { ErrorCode } from '#domain/error.ts';
import { actionRunId } from '#domain/ids.ts';
import { unsentCodeOf } from '#governance/perform/recorded-result.ts';
import type { BegunEffect, EffectAttempt, Ledger } from '#stores/audit/ledger.ts';
import type { ActInput } from '#workflows/messages/action.ts';

/** The run under which an action may be sent now, and what is on record of it. */
export interface DueRun {
  sending: number;
  runId: string;
  /** `null`: nobody claimed it, so nothing was sent under it. */
  onRecord: BegunEffect | null;
  /** The run before, which is over; `null` for the first. */
  earlier: BegunEffect | null;
}

/**
 * The newest run that isn't over. A run of which it is on record that it was not sent, and may no longer be, is
 * followed by the next: each run has one intent, one outcome and at most one approval.
 */
export async function dueRun(
  ledger: Pick<Ledger, 'claimOf'>,
  { actor: { tenantId }, requestId, n, ...input }: Pick<ActInput, 'actor' | 'requestId' | 'n' | 'sending'>,
  onRow: number,
): Promise<DueRun> {
  let sending = Math.max(input.sending, onRow);
  let earlier = sending === 1 ? null : await ledger.claimOf(tenantId, actionRunId(requestId, n, sending - 1));
  for (;;) {
    const runId = actionRunId(requestId, n, sending);
    const claim = await ledger.claimOf(tenantId, runId);
    if (claim === null || unsentCodeOf(claim.outcome) === null)
      return { sending, runId, onRecord: claim, earlier };
    earlier = claim;
    sending += 1;
  }
}

/** A time that the provider named, by the clock of the database. */
export interface NamedTime {
  at: Date;
  /** Milliseconds from now; negative when it is over. */
  inMs: number;
  code: ErrorCode;
}

type OnRecord = Pick<DueRun, 'onRecord' | 'earlier'>;

/** The latest time that was named; it holds for the next run too. */
export function namedTimeOf({ onRecord, earlier }: OnRecord): NamedTime | null {
  const all = [earlier, onRecord].flatMap((one) => (one === null ? [] : namedIn(one)));
  return all.reduce<NamedTime | null>((best, one) => (best === null || one.at > best.at ? one : best), null);
}

function namedIn({ attempts, now }: BegunEffect): NamedTime[] {
  return attempts.flatMap(({ ended }) => {
    if (ended === null || ended.againAt === null) return [];
    const at = new Date(ended.againAt);
    return [{ at, inMs: at.getTime() - Date.parse(now), code: ended.code }];
  });
}

/** Why the newest attempt surely had no effect; `null` when there was none, or it may have had one. */
export function endOfNewest({
  onRecord,
  earlier,
}: Pick<DueRun, 'onRecord' | 'earlier'>): EffectAttempt['ended'] {
  return (onRecord ?? earlier)?.attempts.at(-1)?.ended ?? null;
}
