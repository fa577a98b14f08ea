import { readFile } from 'node:fs/promises';
import { Runtime } from '@temporalio/worker';
import { createActivities } from '#activities/index.ts';
import { createOpenAction } from '#activities/open-actions.ts';
import { plannable } from '#connectors/plannable.ts';
import { createActionTable } from '#connectors/registry.ts';
import { createIntentPlanner } from '#domain/plan-by-intent.ts';
import { createGovernance } from '#governance/create-governance.ts';
import { parseConfig } from '#platform/config/parse-config.ts';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { parseVerifier } from '#platform/crypto/signature.ts';
import { createLogger } from '#platform/logger.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { createSecretReader } from '#platform/secrets/read-secret.ts';
import { openStores } from '#stores/open-stores.ts';
import { bundleWorkflows } from './bundle-workflows.ts';
import { connectWhenReady } from './connect-when-ready.ts';
import { createWorker } from './create-worker.ts';
import { serveHealth } from './serve-health.ts';
import { temporalLogger } from './temporal-logger.ts';

/** The worker process: real dependencies in, one Temporal worker out. */
const { config, warnings } = parseConfig({
  env: process.env,
  needs: [
    'DATABASE_URL',
    'AUDIT_DATABASE_URL',
    'TEMPORAL_ADDRESS',
    'ENCRYPTION_KEYS_FILE',
    'VOTE_VERIFY_KEYS_FILE',
    'SECRETS_DIR',
  ],
});
const logger = createLogger({ level: config.logLevel, name: 'worker' });
for (const warning of warnings) logger.warn(warning);
if (config.effectSettleMs < config.providerTimeoutMs) {
  logger.warn(
    'EFFECT_SETTLE_MS is below PROVIDER_TIMEOUT_MS: a write may still be under way when it is looked for',
  );
}

Runtime.install({ logger: temporalLogger(logger), shutdownSignals: ['SIGTERM', 'SIGINT'] });

const now = () => new Date();
const envelope = createEnvelope(parseKeyRing(await readFile(config.encryptionKeysFile, 'utf8')));
const verify = parseVerifier(await readFile(config.voteVerifyKeysFile, 'utf8'));
const stores = openStores({
  database: { url: config.databaseUrl.reveal(), maxConnections: config.databasePoolSize },
  audit: { url: config.auditDatabaseUrl.reveal(), maxConnections: config.databasePoolSize },
  envelope,
});
const table = createActionTable();
const governance = createGovernance({
  stores,
  module: await loadRegoModule(),
  actions: table.actions,
  verify,
  now,
  settleMs: config.effectSettleMs,
  rightsMaxAgeMs: config.rightsMaxAgeMs,
  onPolicyFailure: ({ tenantId, cause }) =>
    logger.error({ tenantId, err: cause }, 'policy could not be evaluated'),
});
const openAction = createOpenAction({
  table,
  readSecret: createSecretReader(config.secretsDir),
  baseUrls: { github: config.githubApiUrl },
  timeoutMs: config.providerTimeoutMs,
});
const activities = createActivities({
  ...stores,
  ...governance,
  openAction,
  planner: createIntentPlanner({ actions: table.actions.map(plannable) }),
  verify,
  now,
  rightsMaxAgeMs: config.rightsMaxAgeMs,
});

const [workflowBundle, connection] = await Promise.all([
  bundleWorkflows(temporalLogger(logger)),
  connectWhenReady({ address: config.temporalAddress, namespace: config.temporalNamespace, logger }),
]);
const worker = await createWorker({
  connection,
  namespace: config.temporalNamespace,
  taskQueue: config.temporalTaskQueue,
  workflowBundle,
  activities,
  envelope,
  logger,
  shutdownGraceMs: config.shutdownGraceMs,
});
const health = await serveHealth({
  host: config.host,
  port: config.workerHealthPort,
  state: () => worker.getState(),
});
logger.info({ taskQueue: config.temporalTaskQueue }, 'worker ready');
await worker.run();
await health.close();
await connection.close();
await stores.close();
