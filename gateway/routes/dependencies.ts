import type { ActionTable } from '#connectors/registry.ts';
import type { GovernedRead } from '#governance/governed-read.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Signer } from '#platform/crypto/signature.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import type { Stores } from '#stores/open-stores.ts';
import type { Changes } from '../changes.ts';
import type { Metrics } from '../metrics.ts';
import type { StartRequest } from '../start-request.ts';
import type { CheckSystem } from '../status/check-system.ts';
import type { OpenApprovals } from '../views/open-approvals.ts';
import type { OpenRequest } from '../views/open-request.ts';

/** What the routes are built from; each names the part it uses. */
export interface RouteDependencies
  extends Pick<Stores, 'requests' | 'approvals' | 'content' | 'auditEntries'> {
  actions: ActionTable;
  governedRead: GovernedRead;
  recordEvent: RecordEvent;
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
  /** Prefix of the API in answers that name an address. */
  apiBasePath: string;
  /** Milliseconds that a new request waits for its first outcome. */
  firstAnswerMs: number;
  now(): Date;
}
