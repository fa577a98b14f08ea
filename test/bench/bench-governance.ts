import { createActionTable } from '#connectors/registry.ts';
import { createGovernance, type Governance } from '#governance/create-governance.ts';
import { createRecordEvent } from '#governance/record.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import type { Stores } from '#stores/open-stores.ts';
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
    recordEvent: createRecordEvent({ ledger: stores.ledger, now }),
    now,
    settleMs: 30_000,
    rightsMaxAgeMs: 86_400_000,
    onPolicyFailure: ({ cause }) => {
      throw cause;
    },
  });
}
