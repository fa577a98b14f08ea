import type { Decide } from '#governance/decide.ts';
import type { PolicyCache } from '#governance/policy/cache.ts';
import type { PolicyParts } from '#governance/policy/open-policy-parts.ts';
import type { Cache } from '#platform/cache/cache.ts';
import type { Config } from '#platform/config/parse-config.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import type { Stores } from '#stores/open-stores.ts';
import { checkAuditHeads } from './check-audit-heads.ts';
import { checkPolicy } from './check-policy.ts';
import { checkProofs } from './check-proofs.ts';
import type { SystemChecks } from './check-system.ts';
import { checkUpkeep } from './check-upkeep.ts';
import { connectorChecks } from './connector-checks.ts';
import type { CountGaps } from './count-gaps.ts';
import { checkKeys, type LookAtKeys } from './look-at-keys.ts';
import { NotWell, ofAll } from './not-well.ts';
import { reachable } from './reachable.ts';

interface SystemChecksOptions {
  config: Pick<Config, 'connectorVariables' | 'oidcIssuer' | 'temporalNamespace'>;
  stores: Pick<Stores, 'database' | 'policies' | 'publications' | 'tenants' | 'tree' | 'upkeep' | 'ping'>;
  temporal: Temporal;
  cache: Pick<Cache, 'ping'>;
  decide: Decide;
  policyCache: Pick<PolicyCache, 'degraded'>;
  policyParts: Pick<PolicyParts, 'problems'>;
  countGaps: CountGaps;
  lookAtKeys: LookAtKeys;
}

/** The checks behind `/api/v1/status`. */
export function systemChecks(options: SystemChecksOptions): SystemChecks {
  const { config, stores, temporal, cache, decide, policyCache, policyParts, countGaps, lookAtKeys } =
    options;
  const auditHeads = checkAuditHeads(stores);
  const policy = checkPolicy({ decide, policyCache, policyParts, tenants: stores.tenants });
  const proofs = checkProofs(stores);
  const keys = checkKeys(lookAtKeys);
  const upkeep = checkUpkeep(stores.upkeep);
  return {
    policyEngine: async () => {
      await policy();
      await proofs();
    },
    database: async () => {
      await stores.database.ping();
      await keys();
    },
    audit: async () => {
      await stores.ping();
      const gaps = await countGaps();
      if (gaps === undefined) throw new NotWell([ofAll('gaps in the audit record could not be counted')]);
      if (gaps > 0) throw new NotWell([ofAll(`${gaps} gaps were found in the audit record within a day`)]);
      await auditHeads();
    },
    temporal: async () => {
      await temporal.client.workflowService.describeNamespace({ namespace: config.temporalNamespace });
      await upkeep();
    },
    cache: () => cache.ping(),
    identityProvider: reachable(
      `${(config.oidcIssuer ?? '').replace(/\/$/, '')}/.well-known/openid-configuration`,
    ),
    connectors: connectorChecks(config.connectorVariables),
  };
}
