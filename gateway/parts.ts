import type { ActionTable } from '#connectors/registry.ts';
import type { Governance } from '#governance/create-governance.ts';
import type { AllowedConnectors } from '#governance/policy/allowed-connectors.ts';
import type { Config } from '#platform/config/parse-config.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import type { LiveKeyRing } from '#platform/crypto/live-key-ring.ts';
import type { Signer } from '#platform/crypto/signature.ts';
import type { Logger } from '#platform/logger.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import type { Stores } from '#stores/open-stores.ts';
import type { Changes } from './changes.ts';
import type { Metrics } from './http/metrics.ts';
import type { IdentityParts } from './identity/identity-parts.ts';
import type { CheckSystem } from './status/check-system.ts';
import type { StartRequest } from './temporal/start-request.ts';

/** What a gateway is put together from. The routes of a noun take from it what they need. */
export interface GatewayParts {
  config: Config;
  stores: Stores;
  governance: Governance;
  identity: IdentityParts;
  actions: ActionTable;
  temporal: Temporal;
  startRequest: StartRequest;
  changes: Changes;
  metrics: Metrics;
  checkSystem: CheckSystem;
  /** Connectors that a tenant's policy lets it use. */
  allowedConnectors: AllowedConnectors;
  /** Master keys: of the file, and what they encrypt with. */
  keyRing: LiveKeyRing;
  envelope: Envelope;
  /** Signs votes and resolutions. */
  signer: Signer;
  /** Public keys that heads of the audit log are verified with, as in AUDIT_VERIFY_KEYS_FILE. */
  auditVerifyKeys: Readonly<Record<string, string>>;
  now: () => Date;
  log: Logger;
}
