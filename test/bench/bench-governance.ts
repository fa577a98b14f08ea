import { createActionTable } from '#connectors/registry.ts';
import { createGovernance, type Governance } from '#governance/create-governance.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import type { Stores } from '#stores/open-stores.ts';

/** Governance as gateway and worker make it. */
export async function benchGovernance(stores: Stores, verify: Verifier): Promise<Governance> {
  return createGovernance({
    stores,
    module: await loadRegoModule(),
    actions: createActionTable().actions,
    verify,
    now: () => new Date(),
    settleMs: 30_000,
    rightsMaxAgeMs: 86_400_000,
    onPolicyFailure: ({ cause }) => {
      throw cause;
    },
  });
}
