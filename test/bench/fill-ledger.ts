import type { ActionType } from '#domain/audit/action-type.ts';
import type { AuditEntry } from '#domain/audit/audit.ts';
import type { Ledger } from '#stores/audit/ledger.ts';
import { auditEntry } from '../support/examples.ts';

/** People whom the entries of a tenant are about. */
export const peopleOfEntries = 50;

const perTrip = 500;
const trips = 4;
/** Entries lie in as many days before now. */
const days = 25;
const types: readonly ActionType[] = ['tool_invocation', 'data_access', 'policy_decision', 'authentication'];

/** Writes entries `from` up to `to` the way the product does, honest leaves included, many in one trip. */
export async function fillLedger(
  ledger: Pick<Ledger, 'record'>,
  tenantId: string,
  { from, to }: { from: number; to: number },
): Promise<void> {
  for (let n = from; n < to; n += perTrip * trips) {
    const starts = Array.from({ length: trips }, (_, trip) => n + trip * perTrip).filter((at) => at < to);
    await Promise.all(
      starts.map((start) => {
        const size = Math.min(perTrip, to - start);
        const entries = Array.from({ length: size }, (_, k) => entryOf(tenantId, start + k));
        return ledger.record(tenantId, { decision: null, entries, dedupeKey: null });
      }),
    );
  }
}

/** The request that the entry with this number belongs to. */
export function requestOfEntry(n: number): string {
  return `req_${Math.floor(n / 4)}`;
}

function entryOf(tenantId: string, n: number): AuditEntry {
  const spread = (n * 7_919) % (days * 86_400);
  return auditEntry({
    tenantId,
    userId: `person-${n % peopleOfEntries}`,
    orgUnit: `unit-${n % 40}`,
    timestamp: new Date(Date.now() - 1_000 * spread - 60_000).toISOString(),
    actionType: types[n % types.length] ?? 'tool_invocation',
    outcome: n % 100 === 0 ? 'denied' : 'success',
    requestId: requestOfEntry(n),
    decisionId: null,
  });
}
