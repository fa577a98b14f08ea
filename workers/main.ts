import { Runtime } from '@temporalio/worker';
import { createOpenAction } from '#activities/act/open-actions.ts';
import { openHeads } from '#activities/audit/heads/open-heads.ts';
import { createActivities } from '#activities/index.ts';
import { createTellNotSo } from '#activities/not-so.ts';
import { choosePlanner } from '#activities/plan/choose-planner.ts';
import { createActionTable } from '#connectors/registry.ts';
import { connectorVariables } from '#connectors/variables.ts';
import { openConfirmRights } from '#governance/open-confirm-rights.ts';
import { openGovernance } from '#governance/open-governance.ts';
import { createRecordEvent } from '#governance/record.ts';
import { createUpkeep } from '#governance/upkeep/create-upkeep.ts';
import { createRecordRotation } from '#governance/upkeep/record-rotation.ts';
import { configuredModels } from '#models/configured-models.ts';
import { createClosers } from '#platform/closers.ts';
import { parseConfig } from '#platform/config/parse-config.ts';
import { createLogger } from '#platform/logger.ts';
import { openSecrets } from '#platform/secrets/open-secrets.ts';
import { createBeganBefore } from '#platform/temporal/began-before.ts';
import { openKeysAndStores } from '#stores/open-keys-and-stores.ts';
import { bundleWorkflows } from './bundle-workflows.ts';
import { connectWhenReady } from './connect-when-ready.ts';
import { createWorker } from './create-worker.ts';
import { lookAfterSchedules } from './look-after-schedules.ts';
import { serveHealth } from './serve-health.ts';
import { temporalLogger } from './temporal-logger.ts';

/** The worker process: opens everything it needs and runs one Temporal worker. */
const { config, warnings } = parseConfig({
  env: process.env,
  needs: [
    'DATABASE_URL',
    'AUDIT_DATABASE_URL',
    'TEMPORAL_ADDRESS',
    'OIDC_ISSUER',
    'ENCRYPTION_KEYS_FILE',
    'VOTE_VERIFY_KEYS_FILE',
    'AUDIT_SIGNING_KEY_FILE',
    'SECRETS_DIR',
  ],
  connectorVariables,
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
const closers = createClosers({
  onProblem: (cause) => logger.warn({ err: cause }, 'a part did not close well'),
});
const { masterKeys, verify, stores, formerKeysReady } = await openKeysAndStores({
  config,
  process: 'worker',
  log: logger,
  closers,
});
const { envelope } = masterKeys;
const recordEvent = createRecordEvent({ ledger: stores.ledger, now });
const table = createActionTable();
const { read: readSecret } = closers.keep(
  openSecrets({
    config,
    env: process.env,
    onRotation: createRecordRotation({ recordEvent, keys: masterKeys.ring, now }),
    onProblem: ({ cause, ...secret }) =>
      logger.error({ ...secret, err: cause }, 'a changed secret is not taken'),
  }),
);
const models = await configuredModels({
  file: config.modelsFile,
  named: { PLANNER_MODEL: config.plannerModel, CLASSIFIER_MODEL: config.classifierModel },
  readSecret,
  timeoutMs: config.modelTimeoutMs,
});
const { governance } = await openGovernance({
  config,
  stores,
  verify,
  actions: table.actions,
  models,
  confirm: openConfirmRights({
    config,
    stores,
    recordEvent,
    onUnsoundKey: (kid, why) => logger.warn({ kid, why }, 'a key of the identity provider is not used'),
    now,
  }),
  recordEvent,
  now,
  log: logger,
  closers,
});
const openAction = createOpenAction({
  table,
  readSecret,
  variables: config.connectorVariables,
  timeoutMs: config.providerTimeoutMs,
});
const activities = createActivities({
  heads: await openHeads(config),
  ...stores,
  ...governance,
  ...createUpkeep({ stores, governance, now }),
  openAction,
  planner: choosePlanner({
    actions: table.actions,
    callModel: governance.callModel,
    model: config.plannerModel,
  }),
  verify,
  now,
});

// Before the first history is read: it may be sealed under a former master key.
await formerKeysReady;
const [workflowBundle, connection] = await Promise.all([
  bundleWorkflows(temporalLogger(logger)),
  connectWhenReady({ address: config.temporalAddress, namespace: config.temporalNamespace, logger }),
]);
closers.keep(connection);
const worker = await createWorker({
  connection,
  namespace: config.temporalNamespace,
  taskQueue: config.temporalTaskQueue,
  workflowBundle,
  activities,
  envelope,
  tenantKeys: stores.dataKeys,
  unbound: createBeganBefore({
    service: connection.workflowService,
    namespace: config.temporalNamespace,
    moment: () => stores.upkeep.payloadsBoundSince(),
  }),
  tellNotSo: createTellNotSo({ recordEvent, now }),
  logger,
  maxActivities: config.workerActivities,
  shutdownGraceMs: config.shutdownGraceMs,
});
closers.keep(
  await serveHealth({
    host: config.host,
    port: config.workerHealthPort,
    state: () => worker.getState(),
  }),
);
const schedules = lookAfterSchedules({
  connection,
  namespace: config.temporalNamespace,
  taskQueue: config.temporalTaskQueue,
  envelope,
  upkeep: stores.upkeep,
  logger,
});
schedules.start();
await schedules.turnNow();
logger.info({ taskQueue: config.temporalTaskQueue }, 'worker ready');
await worker.run();
await schedules.stop();
await closers.closeAll();
