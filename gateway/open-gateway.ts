import { readFile } from 'node:fs/promises';
import { createActionTable } from '#connectors/registry.ts';
import { createGovernance } from '#governance/create-governance.ts';
import { openCache } from '#platform/cache/open-cache.ts';
import type { ConfigWith } from '#platform/config/parse-config.ts';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { parseSigner, parseVerifier } from '#platform/crypto/signature.ts';
import type { Logger } from '#platform/logger.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { connectTemporal } from '#platform/temporal/client.ts';
import { createPayloadCodec } from '#platform/temporal/payload-codec.ts';
import { openStores } from '#stores/open-stores.ts';
import { createApp } from './app.ts';
import { createChanges } from './changes.ts';
import { createMetrics } from './metrics.ts';
import { createAuthenticateRequest } from './middleware/authenticate/authenticate-request.ts';
import { createPlanTyped } from './plan-typed.ts';
import { openIdentity } from './routes/auth/open-identity.ts';
import { createRoutes } from './routes/index.ts';
import { createStartRequest } from './start-request.ts';
import { createCheckSystem } from './status/check-system.ts';
import { systemChecks } from './status/system-checks.ts';
import { createSweeper } from './sweeper.ts';
import { createOpenApprovals } from './views/open-approvals.ts';
import { createOpenRequest } from './views/open-request.ts';

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

/** Puts the real parts together; listening is the caller's. Nothing away keeps it from starting. */
export async function openGateway({ config, log, version, pageDir }: OpenGatewayOptions) {
  const now = () => new Date();
  const publicUrl = config.publicUrl ?? `http://${reachableHost(config.host)}:${config.port}`;
  const lost = (what: string) => (error: Error) => log.warn({ err: error }, `${what}: connection lost`);
  const [keys, signingKey, verifyKeys, module] = await Promise.all([
    readFile(config.encryptionKeysFile, 'utf8'),
    readFile(config.voteSigningKeyFile, 'utf8'),
    readFile(config.voteVerifyKeysFile, 'utf8'),
    loadRegoModule(),
  ]);
  const envelope = createEnvelope(parseKeyRing(keys));
  const pool = { maxConnections: config.databasePoolSize, applicationName: 'openclaw gateway' };
  const stores = openStores({
    database: { ...pool, url: config.databaseUrl.reveal(), onConnectionLost: lost('main database') },
    audit: { ...pool, url: config.auditDatabaseUrl.reveal(), onConnectionLost: lost('audit database') },
    envelope,
  });
  const cache = openCache({ url: config.redisUrl, onConnectionLost: lost('Redis') });
  const temporal = connectTemporal({
    address: config.temporalAddress,
    namespace: config.temporalNamespace,
    envelope,
  });
  const changes = createChanges({ url: config.databaseUrl.reveal(), log });
  const actions = createActionTable();
  const governance = createGovernance({
    stores,
    module,
    actions: actions.actions,
    verify: parseVerifier(verifyKeys),
    now,
    settleMs: config.effectSettleMs,
    rightsMaxAgeMs: config.rightsMaxAgeMs,
    onPolicyFailure: ({ tenantId, cause }) =>
      log.error({ tenantId, err: cause }, 'policy could not be evaluated'),
  });
  const { recordEvent, governedRead } = governance;
  const metrics = createMetrics();
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
  const checks = systemChecks({ config, stores, temporal, cache, decide: governance.decide });
  const identity = openIdentity({
    issuer: config.oidcIssuer,
    audience: config.oidcAudience,
    clientId: config.oidcClientId,
    clientSecret: config.oidcClientSecret?.reveal(),
    cliClientId: config.oidcCliClientId,
    scopes: config.oidcScopes,
    redirectUri: config.oidcRedirectUri,
    claims: {
      tenant: config.oidcTenantClaim,
      orgUnit: config.oidcOrgUnitClaim,
      groups: config.oidcGroupsClaim,
    },
    groupRoles: config.oidcGroupRoles,
    publicUrl,
    stores,
    cache,
    envelope,
    recordEvent,
  });
  const { codecPath, codecOrigin } = config;
  const routes = createRoutes({
    core: {
      ...stores,
      actions,
      governedRead,
      recordEvent,
      startRequest,
      openRequest: createOpenRequest(stores),
      openApprovals: createOpenApprovals(stores),
      signer: parseSigner(signingKey),
      temporal,
      changes,
      metrics,
      checkSystem: createCheckSystem({ checks, version, now }),
      apiBasePath: config.apiBasePath,
      firstAnswerMs: config.firstAnswerMs,
      now,
    },
    identity,
    ...(codecPath === undefined || codecOrigin === undefined
      ? {}
      : {
          codec: {
            codec: createPayloadCodec(envelope),
            operatorTenant: config.operatorTenant,
            authenticate: identity.authenticate,
            path: codecPath,
            origin: codecOrigin,
            publicUrl: identity.publicUrl,
          },
        }),
  });
  const shutdown = new AbortController();
  const app = await createApp({
    routes,
    authenticate: createAuthenticateRequest(identity.authenticate),
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
  const sweeper = createSweeper({
    tenants: stores.tenants,
    requests: stores.requests,
    startRequest,
    metrics,
    log,
    intervalMs: config.sweepIntervalMs,
    olderThanMs: config.firstAnswerMs + 2_000,
  });
  return {
    app,
    routes,
    sweeper,
    publicUrl,
    /** Streams end, calls under way finish, then the connections close. */
    async close() {
      shutdown.abort();
      await Promise.all([app.close(), sweeper.stop()]);
      await Promise.allSettled([changes.close(), cache.close(), temporal.close(), stores.close()]);
    },
  };
}

/** Listening everywhere is no address to send a browser to. */
function reachableHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? 'localhost' : host;
}
