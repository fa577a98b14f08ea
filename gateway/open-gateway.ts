import { readFile } from 'node:fs/promises';
import { connectors, createActionTable } from '#connectors/registry.ts';
import { createChangePolicy, createProposeChange } from '#governance/change-policy.ts';
import { createVoteCheck } from '#governance/check-approval.ts';
import { createConnectorAllowed } from '#governance/connector-allowed.ts';
import { createGovernance } from '#governance/create-governance.ts';
import { createExplainDecision } from '#governance/explain-decision.ts';
import { followPolicies } from '#governance/follow-policies.ts';
import { createLegalHolds } from '#governance/legal-holds.ts';
import { createLookAtImpact } from '#governance/look-at-impact.ts';
import { oidcSettings } from '#governance/open-confirm-rights.ts';
import { openPolicyParts } from '#governance/open-policy-parts.ts';
import { createPreviewImpact } from '#governance/preview-impact.ts';
import { createResolvePolicy } from '#governance/resolve-policy.ts';
import { createReviewChange } from '#governance/review-change.ts';
import { openCache } from '#platform/cache/open-cache.ts';
import { openLimits } from '#platform/cache/open-limits.ts';
import type { ConfigWith } from '#platform/config/parse-config.ts';
import { openVerifier } from '#platform/crypto/live-verifier.ts';
import { openMasterKeys } from '#platform/crypto/open-master-keys.ts';
import { parseSigner } from '#platform/crypto/signature.ts';
import type { Logger } from '#platform/logger.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { connectTemporal } from '#platform/temporal/client.ts';
import { createPayloadCodec } from '#platform/temporal/payload-codec.ts';
import { adoptMasterKeys } from '#stores/adopt-master-keys.ts';
import { openStores } from '#stores/open-stores.ts';
import { parseKeyFile } from '#transparency/tree-signer.ts';
import { createApp } from './app.ts';
import { createChanges } from './changes.ts';
import { createCountGaps } from './count-gaps.ts';
import { followRights } from './follow-rights.ts';
import { createFreshCheckpoint } from './fresh-checkpoint.ts';
import { createMetrics } from './metrics.ts';
import { createAuthenticateRequest } from './middleware/authenticate/authenticate-request.ts';
import { createLimitCalls } from './middleware/rate-limit/limit-calls.ts';
import type { LimitClass } from './middleware/rate-limit/limit-class.ts';
import { createAdmitTenant } from './middleware/tenant/admit-tenant.ts';
import { createPlanTyped } from './plan-typed.ts';
import { openIdentity } from './routes/auth/open-identity.ts';
import { createRoutes } from './routes/index.ts';
import { createCountConnectors } from './routes/tenants/count-connectors.ts';
import { createStartErasure } from './start-erasure.ts';
import { createStartRequest } from './start-request.ts';
import { createCheckSystem } from './status/check-system.ts';
import { systemChecks } from './status/system-checks.ts';
import { createSweeper } from './sweeper.ts';
import { createTenantWork } from './tenant-work.ts';
import { createOpenApprovals } from './views/open-approvals.ts';
import { createOpenRequest } from './views/open-request.ts';
import { createVoidVotes } from './void-votes.ts';

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
  const kept = (file: string) => (cause: unknown) =>
    log.error({ err: cause, file }, 'a changed file is not taken; the last good one stays');
  const [masterKeys, signingKey, votes, auditKeys, module] = await Promise.all([
    openMasterKeys({ path: config.encryptionKeysFile, onProblem: kept('ENCRYPTION_KEYS_FILE') }),
    readFile(config.voteSigningKeyFile, 'utf8'),
    openVerifier({ path: config.voteVerifyKeysFile, onProblem: kept('VOTE_VERIFY_KEYS_FILE') }),
    config.auditVerifyKeysFile === undefined ? '{}' : readFile(config.auditVerifyKeysFile, 'utf8'),
    loadRegoModule(),
  ]);
  const { envelope } = masterKeys;
  const signer = parseSigner(signingKey);
  const { verify } = votes;
  const pool = { maxConnections: config.databasePoolSize, applicationName: 'openclaw gateway' };
  const stores = openStores({
    database: { ...pool, url: config.databaseUrl.reveal(), onConnectionLost: lost('main database') },
    audit: { ...pool, url: config.auditDatabaseUrl.reveal(), onConnectionLost: lost('audit database') },
    envelope,
    policySigning: { signer, verify },
  });
  const formerKeys = adoptMasterKeys({
    ring: masterKeys.ring,
    dataKeys: stores.dataKeys,
    onProblem: (cause) => log.warn({ err: cause }, 'former master keys can not be read now'),
  });
  const cache = openCache({ url: config.redisUrl, onConnectionLost: lost('Redis') });
  const temporal = connectTemporal({
    address: config.temporalAddress,
    namespace: config.temporalNamespace,
    envelope,
    tenantKeys: stores.dataKeys,
  });
  const changes = createChanges({ url: config.databaseUrl.reveal(), log });
  const actions = createActionTable();
  const policyParts = await openPolicyParts({
    config,
    ledger: stores.ledger,
    now,
    onBundleProblem: ({ cause, ...bundle }) =>
      log.error({ ...bundle, err: cause }, 'bundle of policies refused'),
  });
  const governance = createGovernance({
    policyParts,
    stores,
    module,
    actions: actions.actions,
    verify,
    policyMaxAgeMs: config.policyHotReloadIntervalMs,
    onRefusedSet: (refused) => log.error(refused, 'stored policies are refused; the last good ones stay'),
    now,
    settleMs: config.effectSettleMs,
    rightsMaxAgeMs: config.rightsMaxAgeMs,
    onPolicyFailure: ({ tenantId, cause }) =>
      log.error({ tenantId, err: cause }, 'policy could not be evaluated'),
  });
  const { recordEvent, governedRead, heldPolicies } = governance;
  const policyNews = followPolicies({ url: config.databaseUrl.reveal(), held: heldPolicies, log });
  const { policies, people, subjects } = stores;
  const policyChanges = { policies, people, subjects, recordEvent, now };
  const previewImpact = createPreviewImpact({ ...stores, evaluateUnder: governance.evaluateUnder, now });
  const metrics = createMetrics({ countGaps: createCountGaps({ gaps: stores.gaps, now }) });
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
  const checks = systemChecks({
    config,
    stores,
    temporal,
    cache,
    decide: governance.decide,
    heldPolicies,
    policyParts,
  });
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
  });
  const rightsNews = followRights({ url: config.databaseUrl.reveal(), forget: identity.forgetRights, log });
  const voidVotes = createVoidVotes({
    ...stores,
    checkVote: createVoteCheck({
      people: stores.people,
      now,
      rightsMaxAgeMs: config.rightsMaxAgeMs,
      verify,
      confirm: identity.confirm,
    }),
    recordEvent,
    log,
    intervalMs: config.rightsRecheckMs / 5,
  });
  const { codecPath, codecOrigin } = config;
  const routes = createRoutes({
    core: {
      ...stores,
      masterKeyIds: () => masterKeys.ring.ids,
      actions,
      classify: governance.classify,
      governedRead,
      freshCheckpoint: createFreshCheckpoint({
        temporal,
        taskQueue: config.temporalTaskQueue,
        waitMs: config.firstAnswerMs,
        log,
      }),
      auditVerifyKeys: parseKeyFile(auditKeys),
      holds: createLegalHolds({ legalHolds: stores.legalHolds, now }),
      startErasure: createStartErasure({
        temporal,
        taskQueue: config.temporalTaskQueue,
        waitMs: config.firstAnswerMs,
      }),
      recordEvent,
      changePolicy: createChangePolicy({
        ...policyChanges,
        review: createReviewChange({ ...stores, previewImpact, settings: stores.policySettings }),
      }),
      lookAtImpact: createLookAtImpact({
        ...stores,
        propose: createProposeChange(policyChanges),
        previewImpact,
        governedRead,
      }),
      explainDecision: createExplainDecision(governance),
      resolvePolicy: createResolvePolicy({ heldPolicies }),
      rulesFor: governance.rulesFor,
      connectorNames: connectors.map(({ name }) => name),
      connectorAllowed: createConnectorAllowed({ heldPolicies }),
      sessionLives: identity.sessions.lives,
      startRequest,
      openRequest: createOpenRequest(stores),
      openApprovals: createOpenApprovals(stores),
      signer,
      temporal,
      changes,
      metrics,
      tenantWork: createTenantWork({ temporal, taskQueue: config.temporalTaskQueue }),
      tenantDeleteWaitMs: config.tenantDeleteWaitMs,
      operatorTenant: config.operatorTenant,
      countGateways: () => stores.database.connectionsCalled('openclaw changes'),
      countConnectors: createCountConnectors({
        policies: stores.policies,
        registered: connectors.map(({ name }) => name),
      }),
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
            codec: createPayloadCodec(envelope, { unreadable: 'throws', tenantKeys: stores.dataKeys }),
            operatorTenant: config.operatorTenant,
            authenticate: identity.authenticateViewer,
            path: codecPath,
            origin: codecOrigin,
            publicUrl: identity.publicUrl,
          },
        }),
  });
  const limits = openLimits<LimitClass>({
    url: config.redisUrl,
    onConnectionLost: lost('Redis'),
    perMinute: {
      policy_mutation: config.rateLimitPolicyMutations,
      audit_read: config.rateLimitAuditReads,
      audit_export: config.rateLimitAuditExports,
      admin: config.rateLimitAdmin,
      status: config.rateLimitStatus,
      request: config.rateLimitRequests,
      read: config.rateLimitReads,
    },
  });
  const shutdown = new AbortController();
  const app = await createApp({
    routes,
    authenticate: createAuthenticateRequest(identity.authenticate),
    limitCalls: createLimitCalls(limits),
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
    voidVotes,
    publicUrl,
    /** Streams end, calls under way finish, then the connections close. */
    async close() {
      shutdown.abort();
      await Promise.all([app.close(), sweeper.stop(), voidVotes.stop(), rightsNews.close()]);
      for (const part of [policyParts, formerKeys, masterKeys, votes]) part.close();
      await Promise.allSettled([
        changes.close(),
        policyNews.close(),
        cache.close(),
        limits.close(),
        temporal.close(),
        stores.close(),
      ]);
    },
  };
}

/** Listening everywhere is no address to send a browser to. */
function reachableHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? 'localhost' : host;
}
