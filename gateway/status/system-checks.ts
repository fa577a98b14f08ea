import type { Decide } from '#governance/decide.ts';
import type { Cache } from '#platform/cache/cache.ts';
import type { Config } from '#platform/config/parse-config.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import type { Stores } from '#stores/open-stores.ts';
import { checkPolicy } from './check-policy.ts';
import type { SystemChecks } from './check-system.ts';
import { reachable } from './reachable.ts';

interface SystemChecksOptions {
  config: Pick<Config, 'githubApiUrl' | 'oidcIssuer' | 'temporalNamespace'>;
  stores: Pick<Stores, 'database' | 'tenants' | 'ping'>;
  temporal: Temporal;
  cache: Pick<Cache, 'ping'>;
  decide: Decide;
}

const githubApi = 'https://api.github.com';

/** What `/api/v1/status` really looks at. */
export function systemChecks(options: SystemChecksOptions): SystemChecks {
  const { config, stores, temporal, cache, decide } = options;
  return {
    policyEngine: checkPolicy({ decide, tenants: stores.tenants }),
    database: () => stores.database.ping(),
    audit: () => stores.ping(),
    temporal: () =>
      temporal.client.workflowService.describeNamespace({ namespace: config.temporalNamespace }),
    cache: () => cache.ping(),
    identityProvider: reachable(
      `${(config.oidcIssuer ?? '').replace(/\/$/, '')}/.well-known/openid-configuration`,
    ),
    connectors: { github: reachable(config.githubApiUrl ?? githubApi) },
  };
}
