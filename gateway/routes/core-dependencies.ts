import { type ActionTable, connectors } from '#connectors/registry.ts';
import type { Governance } from '#governance/create-governance.ts';
import { createLegalHolds } from '#governance/person/legal-holds.ts';
import { createAllowedConnectors } from '#governance/policy/allowed-connectors.ts';
import { createChangePolicy, createProposeChange } from '#governance/policy/change/change.ts';
import { createReviewChange } from '#governance/policy/change/review.ts';
import { createExplainDecision } from '#governance/policy/explain/explain-decision.ts';
import { createLookAtImpact } from '#governance/policy/impact/look-at.ts';
import { createPreviewImpact } from '#governance/policy/impact/preview.ts';
import { createResolvePolicy } from '#governance/policy/resolve.ts';
import type { Config } from '#platform/config/parse-config.ts';
import type { LiveKeyRing } from '#platform/crypto/live-key-ring.ts';
import type { Signer } from '#platform/crypto/signature.ts';
import type { Logger } from '#platform/logger.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import type { Stores } from '#stores/open-stores.ts';
import type { Changes } from '../changes.ts';
import type { Metrics } from '../http/metrics.ts';
import { createCheckSystem, type SystemChecks } from '../status/check-system.ts';
import { createFreshCheckpoint } from '../temporal/fresh-checkpoint.ts';
import { createStartErasure } from '../temporal/start-erasure.ts';
import type { StartRequest } from '../temporal/start-request.ts';
import { createTenantWork } from '../temporal/tenant-work.ts';
import { createOpenApprovals } from './approvals/open-approvals.ts';
import type { AuthDependencies } from './auth/auth-dependencies.ts';
import type { RouteDependencies } from './dependencies.ts';
import { createOpenRequest } from './requests/open-request.ts';

interface CoreParts {
  config: Config;
  version: string;
  stores: Stores;
  governance: Governance;
  keyRing: LiveKeyRing;
  signer: Signer;
  /** Public keys that heads are verified with. */
  auditVerifyKeys: Readonly<Record<string, string>>;
  identity: AuthDependencies;
  actions: ActionTable;
  startRequest: StartRequest;
  temporal: Temporal;
  changes: Changes;
  metrics: Metrics;
  checks: SystemChecks;
  now: () => Date;
  log: Logger;
}

/** What the routes are built from, over the parts of a gateway. */
export function coreDependencies(parts: CoreParts): RouteDependencies {
  const { config, stores, governance, temporal, now } = parts;
  const { heldPolicies, governedRead, recordEvent } = governance;
  const { policies, people, subjects } = stores;
  const workflows = { temporal, taskQueue: config.temporalTaskQueue, waitMs: config.firstAnswerMs };
  const policyChanges = { policies, people, subjects, recordEvent, now };
  const previewImpact = createPreviewImpact({ ...stores, evaluateUnder: governance.evaluateUnder, now });
  const connectorNames = connectors.map(({ name }) => name);
  const allowedConnectors = createAllowedConnectors({ heldPolicies, registered: connectorNames });
  return {
    ...stores,
    masterKeyIds: () => parts.keyRing.ids,
    actions: parts.actions,
    classify: governance.classify,
    governedRead,
    freshCheckpoint: createFreshCheckpoint({ ...workflows, log: parts.log }),
    auditVerifyKeys: parts.auditVerifyKeys,
    holds: createLegalHolds({ legalHolds: stores.legalHolds, now }),
    startErasure: createStartErasure(workflows),
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
    connectorNames,
    allowedConnectors,
    sessionLives: parts.identity.sessions.lives,
    startRequest: parts.startRequest,
    openRequest: createOpenRequest(stores),
    openApprovals: createOpenApprovals(stores),
    signer: parts.signer,
    temporal,
    changes: parts.changes,
    metrics: parts.metrics,
    tenantWork: createTenantWork(workflows),
    tenantDeleteWaitMs: config.tenantDeleteWaitMs,
    operatorTenant: config.operatorTenant,
    countGateways: () => stores.database.connectionsCalled('openclaw changes'),
    countConnectors: async (tenantId) => (await allowedConnectors(tenantId)).length,
    checkSystem: createCheckSystem({ checks: parts.checks, version: parts.version, now }),
    apiBasePath: config.apiBasePath,
    firstAnswerMs: config.firstAnswerMs,
    now,
  };
}
