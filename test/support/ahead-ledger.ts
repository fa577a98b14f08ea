import type { BegunEffect, Ledger } from '#stores/audit/ledger.ts';

/** The real ledger, as if its database's clock were as far ahead as the worker's. */
export function aheadLedger(ledger: Ledger, clock: { aheadMs: number }): Ledger {
  const ahead = <Begun extends BegunEffect | null>(begun: Begun): Begun =>
    begun === null ? begun : { ...begun, now: new Date(Date.parse(begun.now) + clock.aheadMs).toISOString() };
  return {
    ...ledger,
    beginEffect: async (...given) => ahead(await ledger.beginEffect(...given)),
    claimOf: async (...given) => ahead(await ledger.claimOf(...given)),
    endAttempt: (tenantId, runId, end) =>
      ledger.endAttempt(tenantId, runId, {
        ...end,
        againInMs: end.againInMs === null ? null : end.againInMs + clock.aheadMs,
      }),
  };
}
