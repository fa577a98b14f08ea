import { createActionTable } from '#connectors/registry.ts';
import { createGovernance, type Governance } from '#governance/create-governance.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import type { Stores } from '#stores/open-stores.ts';
import { recordEventIn } from '../support/record-event.ts';
import { nobodyToAsk } from '../support/rights.ts';

/** Governance as gateway and worker make it. */
export async function benchGovernance(stores: Stores, verify: Verifier): Promise<Governance> {
  const now = () => new Date();
  return createGovernance({
    stores,
    module: await loadRegoModule(),
    actions: createActionTable().actions,
    verify,
    confirm: nobodyToAsk,
    recordEvent: recordEventIn(stores, now),
    now,
    effectSettleMs: 30_000,
    rightsMaxAgeMs: 86_400_000,
    onPolicyFailure: ({ cause }) => {
      throw cause;
    },
  });
}
