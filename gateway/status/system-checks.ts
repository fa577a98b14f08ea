import type { Decide } from '#governance/decide.ts';
import type { PolicyCache } from '#governance/policy/cache.ts';
import type { PolicyParts } from '#governance/policy/open-policy-parts.ts';
import type { Cache } from '#platform/cache/cache.ts';
import type { Config } from '#platform/config/parse-config.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import type { Stores } from '#stores/open-stores.ts';
import { checkAuditHeads } from './check-audit-heads.ts';
import { checkPolicy } from './check-policy.ts';
import type { SystemChecks } from './check-system.ts';
import { checkUpkeep } from './check-upkeep.ts';
import { connectorChecks } from './connector-checks.ts';
import type { CountGaps } from './count-gaps.ts';
import { NotWell, ofAll } from './not-well.ts';
import { reachable } from './reachable.ts';

interface SystemChecksOptions {
  config: Pick<Config, 'connectorVariables' | 'oidcIssuer' | 'temporalNamespace'>;
  stores: Pick<Stores, 'database' | 'publications' | 'tenants' | 'tree' | 'upkeep' | 'ping'>;
  temporal: Temporal;
  cache: Pick<Cache, 'ping'>;
  decide: Decide;
  policyCache: Pick<PolicyCache, 'degraded'>;
  policyParts: Pick<PolicyParts, 'problems'>;
  countGaps: CountGaps;
}

/** The checks behind `/api/v1/status`. */
export function systemChecks(options: SystemChecksOptions): SystemChecks {
  const { config, stores, temporal, cache, decide, policyCache, policyParts, countGaps } = options;
  const auditHeads = checkAuditHeads(stores);
  const upkeep = checkUpkeep(stores.upkeep);
  return {
    policyEngine: checkPolicy({ decide, policyCache, policyParts, tenants: stores.tenants }),
    database: () => stores.database.ping(),
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
