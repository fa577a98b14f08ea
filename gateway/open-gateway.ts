import { readFile } from 'node:fs/promises';
import { connectors, createActionTable } from '#connectors/registry.ts';
import { oidcSettings } from '#governance/open-confirm-rights.ts';
import { openGovernance } from '#governance/open-governance.ts';
import { createAllowedConnectors } from '#governance/policy/allowed-connectors.ts';
import { followBundleFailures } from '#governance/policy/follow-bundle-failures.ts';
import { createRecordEvent } from '#governance/record.ts';
import { openCache } from '#platform/cache/open-cache.ts';
import { createClosers } from '#platform/closers.ts';
import type { ConfigWith } from '#platform/config/parse-config.ts';
import { parseSigner } from '#platform/crypto/signature.ts';
import type { Logger } from '#platform/logger.ts';
import { connectTemporal } from '#platform/temporal/client.ts';
import { openKeysAndStores } from '#stores/open-keys-and-stores.ts';
import { parseKeyFile } from '#transparency/tree-signer.ts';
import { createChanges } from './changes.ts';
import { createApp } from './http/app.ts';
import { createMetrics } from './http/metrics.ts';
import { publicUrlOf } from './http/public-url.ts';
import { createLimitCalls } from './http/rate-limit/limit-calls.ts';
import { openCallLimits } from './http/rate-limit/open-call-limits.ts';
import { createTenantPace } from './http/rate-limit/tenant-pace.ts';
import { createAdmitTenant } from './http/tenant/admit-tenant.ts';
import { createAuthenticateRequest } from './identity/authenticate-request.ts';
import { followRights } from './identity/follow-rights.ts';
import { openIdentity } from './identity/open-identity.ts';
import { createLoops } from './loops/create-loops.ts';
import { createRoutes } from './routes/index.ts';
import { createCheckSystem } from './status/check-system.ts';
import { createCountGaps } from './status/count-gaps.ts';
import { createLookAtKeys } from './status/look-at-keys.ts';
import { systemChecks } from './status/system-checks.ts';
import { createPlanTyped } from './temporal/plan-typed.ts';
import { createStartRequest } from './temporal/start-request.ts';

/** Variables without which there is no gateway. */
export const gatewayNeeds = [
  'DATABASE_URL',
  'AUDIT_DATABASE_URL',
  'TEMPORAL_ADDRESS',
  'OIDC_ISSUER',
  'ENCRYPTION_KEYS_FILE',
  'VOTE_SIGNING_KEY_FILE',
  'VOTE_VERIFY_KEYS_FILE',
] as const;

export type GatewayConfig = ConfigWith<(typeof gatewayNeeds)[number]>;

interface OpenGatewayOptions {
  config: GatewayConfig;
  log: Logger;
  version: string;
  /** Folder with the built web page. */
  pageDir: string;
}

/** Puts the real parts together; the caller listens. It starts even while other services are away. */
export async function openGateway({ config, log, version, pageDir }: OpenGatewayOptions) {
  const now = () => new Date();
  const publicUrl = publicUrlOf(config);
  const closers = createClosers({
    onProblem: (cause) => log.warn({ err: cause }, 'a part did not close well'),
  });
  const redis = {
    url: config.redisUrl,
    onConnectionLost: (error: Error) => log.warn({ err: error }, 'Redis: connection lost'),
  };
  const signer = parseSigner(await readFile(config.voteSigningKeyFile, 'utf8'));
  const auditKeys = config.auditVerifyKeysFile;
  const auditVerifyKeys = parseKeyFile(auditKeys === undefined ? '{}' : await readFile(auditKeys, 'utf8'));

  const { masterKeys, verify, stores } = await openKeysAndStores({
    config,
    process: 'gateway',
    signer,
    log,
    closers,
  });
  const { envelope, ring: keyRing } = masterKeys;
  const database = { url: config.databaseUrl.reveal(), log };
  const cache = closers.keep(openCache(redis));
  const limits = closers.keep(openCallLimits(config, redis));
  const temporal = closers.keep(
    connectTemporal({
      address: config.temporalAddress,
      namespace: config.temporalNamespace,
      envelope,
      tenantKeys: stores.dataKeys,
    }),
  );
  const changes = closers.keep(createChanges(database));
  const actions = createActionTable();
  const recordEvent = createRecordEvent({ ledger: stores.ledger, now });
  const identity = openIdentity({
    ...oidcSettings(config, config.oidcIssuer),
    scopes: config.oidcScopes,
    redirectUri: config.oidcRedirectUri,
    recheckMs: config.rightsRecheckMs,
    sessionIdleMs: config.sessionIdleMs,
    sessionMaxMs: config.sessionMaxMs,
    publicUrl,
    stores,
    cache,
    envelope,
    recordEvent,
    onUnsoundKey: (kid, why) => log.warn({ kid, why }, 'a key of the identity provider is not used'),
  });
  closers.keep(followRights({ ...database, forget: identity.forgetRights }));
  const { governance, policyParts } = await openGovernance({
    config,
    stores,
    verify,
    actions: actions.actions,
    confirm: identity.confirm,
    recordEvent,
    now,
    log,
    closers,
  });
  if (config.policyBundlesDir !== undefined)
    closers.keep(followBundleFailures({ ...database, hear: policyParts.hearBundleFailure }));
  const { decide, policyCache } = governance;

  const countGaps = createCountGaps({ gaps: stores.gaps, now });
  const lookAtKeys = createLookAtKeys(stores);
  const metrics = createMetrics({ countGaps, lookAtKeys });
  const startRequest = createStartRequest({
    requests: stores.requests,
    recordEvent,
    planTyped: createPlanTyped({ requests: stores.requests, actions }),
    temporal,
    taskQueue: config.temporalTaskQueue,
    approvalExpiresMs: config.approvalExpiresMs,
    resolutionExpiresMs: config.resolutionExpiresMs,
    log,
  });
  const parts = { config, stores, governance, identity, actions, temporal, changes, metrics, now, log };
  const checks = systemChecks({
    config,
    stores,
    temporal,
    cache,
    decide,
    policyCache,
    policyParts,
    countGaps,
    lookAtKeys,
  });
  const routes = createRoutes({
    ...parts,
    startRequest,
    checkSystem: createCheckSystem({
      checks,
      version,
      now,
      onChange({ part, reasons, cause }) {
        if (reasons.length === 0) log.info({ part }, 'a part is well again');
        else log.warn({ part, reasons, err: cause }, 'a part is not well');
      },
    }),
    allowedConnectors: createAllowedConnectors({
      policyCache,
      registered: connectors.map(({ name }) => name),
    }),
    keyRing,
    envelope,
    signer,
    auditVerifyKeys,
  });
  const keepPace = createTenantPace({
    perSecond: { reads: config.gatewayReadsPerSecond, changes: config.gatewayChangesPerSecond },
  });
  const shutdown = new AbortController();
  const app = await createApp({
    routes,
    authenticate: createAuthenticateRequest(identity.authenticate),
    limitCalls: createLimitCalls({ limits, keepPace, keyRing }),
    admitTenant: createAdmitTenant({
      tenants: stores.tenants,
      routing: config.tenantRouting,
      hosts: config.tenantHosts,
      issuer: config.oidcIssuer,
    }),
    tenantPaths: config.tenantRouting === 'path',
    log,
    metrics,
    apiBasePath: config.apiBasePath,
    bodyLimitBytes: config.bodyLimitBytes,
    publicUrl,
    version,
    pageDir,
    shutdown: shutdown.signal,
    operatorTenant: config.operatorTenant,
  });
  const loops = createLoops({ ...parts, startRequest });
  return {
    app,
    routes,
    loops,
    publicUrl,
    /** Streams end, calls under way finish, then the connections close. */
    async close() {
      shutdown.abort();
      // No new calls are accepted while the loops finish.
      await Promise.allSettled([app.close(), loops.stop()]);
      await closers.closeAll();
    },
  };
}
