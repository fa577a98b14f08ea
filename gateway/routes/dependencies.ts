import type { ActionTable } from '#connectors/registry.ts';
import type { ClassifyData } from '#governance/classification/classify-data.ts';
import type { GovernedRead } from '#governance/governed-read.ts';
import type { LegalHolds } from '#governance/person/legal-holds.ts';
import type { AllowedConnectors } from '#governance/policy/allowed-connectors.ts';
import type { ChangePolicy } from '#governance/policy/change/change.ts';
import type { RulesFor } from '#governance/policy/effective.ts';
import type { ExplainDecision } from '#governance/policy/explain/explain-decision.ts';
import type { LookAtImpact } from '#governance/policy/impact/look-at.ts';
import type { ResolvePolicy } from '#governance/policy/resolve.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Signer } from '#platform/crypto/signature.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import type { ClassificationStore } from '#stores/classification/classifications.ts';
import type { WrappedKeyStore } from '#stores/key/wrapped-keys.ts';
import type { Stores } from '#stores/open-stores.ts';
import type { Changes } from '../changes.ts';
import type { Metrics } from '../http/metrics.ts';
import type { CheckSystem } from '../status/check-system.ts';
import type { FreshCheckpoint } from '../temporal/fresh-checkpoint.ts';
import type { StartErasure } from '../temporal/start-erasure.ts';
import type { StartRequest } from '../temporal/start-request.ts';
import type { TenantWork } from '../temporal/tenant-work.ts';
import type { OpenApprovals } from './approvals/open-approvals.ts';
import type { OpenRequest } from './requests/open-request.ts';

/** What the routes are built from; each names the part it uses. */
export interface RouteDependencies
  extends Pick<
    Stores,
    | 'requests'
    | 'erasures'
    | 'legalHolds'
    | 'subjects'
    | 'userData'
    | 'approvals'
    | 'content'
    | 'auditEntries'
    | 'auditExport'
    | 'tree'
    | 'tenants'
    | 'policies'
    | 'policySettings'
    | 'people'
  > {
  actions: ActionTable;
  wrappedKeys: Pick<WrappedKeyStore, 'state'>;
  /** Ids of the keys in ENCRYPTION_KEYS_FILE. */
  masterKeyIds(): readonly string[];
  classifications: ClassificationStore;
  freshCheckpoint: FreshCheckpoint;
  /** Public keys that heads are verified with, as in AUDIT_VERIFY_KEYS_FILE. */
  auditVerifyKeys: Readonly<Record<string, string>>;
  classify: ClassifyData;
  governedRead: GovernedRead;
  holds: LegalHolds;
  startErasure: StartErasure;
  recordEvent: RecordEvent;
  changePolicy: ChangePolicy;
  lookAtImpact: LookAtImpact;
  explainDecision: ExplainDecision;
  resolvePolicy: ResolvePolicy;
  rulesFor: RulesFor;
  /** Every data source of this installation. */
  connectorNames: readonly string[];
  allowedConnectors: AllowedConnectors;
  /** Has the session of this cookie neither ended nor expired? */
  sessionLives(cookie: string): Promise<boolean>;
  startRequest: StartRequest;
  openRequest: OpenRequest;
  openApprovals: OpenApprovals;
  signer: Signer;
  temporal: Temporal;
  changes: Changes;
  metrics: Metrics;
  checkSystem: CheckSystem;
  /** Both databases answer; throws `DATABASE_UNAVAILABLE`. */
  ping(): Promise<void>;
  tenantWork: TenantWork;
  /** TENANT_DELETE_WAIT_MS. */
  tenantDeleteWaitMs: number;
  /** OPERATOR_TENANT. */
  operatorTenant: string | undefined;
  /** Gateways that are connected to the database now. */
  countGateways(): Promise<number>;
  /** Connectors that a tenant's policy lets it use. */
  countConnectors(tenantId: string): Promise<number>;
  /** Prefix of the API in answers that name an address. */
  apiBasePath: string;
  /** Milliseconds that a new request waits for its first outcome. */
  firstAnswerMs: number;
  now(): Date;
}
