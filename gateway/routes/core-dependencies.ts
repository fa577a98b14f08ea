import { type ActionTable, connectors } from '#connectors/registry.ts';
import { createAllowedConnectors } from '#governance/allowed-connectors.ts';
import { createChangePolicy, createProposeChange } from '#governance/change-policy.ts';
import type { Governance } from '#governance/create-governance.ts';
import { createExplainDecision } from '#governance/explain-decision.ts';
import { createLegalHolds } from '#governance/legal-holds.ts';
import { createLookAtImpact } from '#governance/look-at-impact.ts';
import { createPreviewImpact } from '#governance/preview-impact.ts';
import { createResolvePolicy } from '#governance/resolve-policy.ts';
import { createReviewChange } from '#governance/review-change.ts';
import type { Config } from '#platform/config/parse-config.ts';
import type { LiveKeyRing } from '#platform/crypto/live-key-ring.ts';
import type { Signer } from '#platform/crypto/signature.ts';
import type { Logger } from '#platform/logger.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import type { Stores } from '#stores/open-stores.ts';
import type { Changes } from '../changes.ts';
import { createFreshCheckpoint } from '../fresh-checkpoint.ts';
import type { Metrics } from '../metrics.ts';
import { createStartErasure } from '../start-erasure.ts';
import type { StartRequest } from '../start-request.ts';
import { createCheckSystem, type SystemChecks } from '../status/check-system.ts';
import { createTenantWork } from '../tenant-work.ts';
import { createOpenApprovals } from '../views/open-approvals.ts';
import { createOpenRequest } from '../views/open-request.ts';
import type { AuthDependencies } from './auth/auth-dependencies.ts';
import type { RouteDependencies } from './dependencies.ts';

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
