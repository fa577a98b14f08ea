import { readFile } from 'node:fs/promises';
import { Runtime } from '@temporalio/worker';
import { choosePlanner } from '#activities/choose-planner.ts';
import { openPublishers } from '#activities/heads/open-publishers.ts';
import { createActivities } from '#activities/index.ts';
import { createOpenAction } from '#activities/open-actions.ts';
import { createActionTable } from '#connectors/registry.ts';
import { createGovernance } from '#governance/create-governance.ts';
import { createUpkeep } from '#governance/create-upkeep.ts';
import { followPolicies } from '#governance/follow-policies.ts';
import { openConfirmRights } from '#governance/open-confirm-rights.ts';
import { openPolicyParts } from '#governance/open-policy-parts.ts';
import { createRecordEvent } from '#governance/record.ts';
import { createRecordRotation } from '#governance/record-rotation.ts';
import { configuredModels } from '#models/configured-models.ts';
import { parseConfig } from '#platform/config/parse-config.ts';
import { openVerifier } from '#platform/crypto/live-verifier.ts';
import { openMasterKeys } from '#platform/crypto/open-master-keys.ts';
import { createLogger } from '#platform/logger.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { openSecrets } from '#platform/secrets/open-secrets.ts';
import { adoptMasterKeys } from '#stores/adopt-master-keys.ts';
import { openStores } from '#stores/open-stores.ts';
import { parseHeldKeys, parseTreeSigner } from '#transparency/tree-signer.ts';
import { bundleWorkflows } from './bundle-workflows.ts';
import { connectWhenReady } from './connect-when-ready.ts';
import { createWorker } from './create-worker.ts';
import { ensureSchedules } from './ensure-schedules.ts';
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
    'AUDIT_SIGNING_KEY_FILE',
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
const kept = (file: string) => (cause: unknown) =>
  logger.error({ err: cause, file }, 'a changed file is not taken; the last good one stays');
const masterKeys = await openMasterKeys({
  path: config.encryptionKeysFile,
  onProblem: kept('ENCRYPTION_KEYS_FILE'),
});
const { envelope } = masterKeys;
const { verify } = await openVerifier({
  path: config.voteVerifyKeysFile,
  onProblem: kept('VOTE_VERIFY_KEYS_FILE'),
});
const stores = openStores({
  database: { url: config.databaseUrl.reveal(), maxConnections: config.databasePoolSize },
  audit: { url: config.auditDatabaseUrl.reveal(), maxConnections: config.databasePoolSize },
  envelope,
});
const table = createActionTable();
const formerKeys = adoptMasterKeys({
  ring: masterKeys.ring,
  dataKeys: stores.dataKeys,
  onProblem: (cause) => logger.warn({ err: cause }, 'former master keys can not be read now'),
});
const secrets = openSecrets({
  config,
  env: process.env,
  onRotation: createRecordRotation({
    recordEvent: createRecordEvent({ ledger: stores.ledger, now }),
    keys: masterKeys.ring,
    now,
  }),
  onProblem: ({ cause, ...secret }) =>
    logger.error({ ...secret, err: cause }, 'a changed secret is not taken'),
});
const { read: readSecret } = secrets;
const models = await configuredModels({
  file: config.modelsFile,
  named: { PLANNER_MODEL: config.plannerModel, CLASSIFIER_MODEL: config.classifierModel },
  readSecret,
  timeoutMs: config.modelTimeoutMs,
});
const policyParts = await openPolicyParts({
  config,
  ledger: stores.ledger,
  now,
  onBundleProblem: ({ cause, ...bundle }) =>
    logger.error({ ...bundle, err: cause }, 'bundle of policies refused'),
});
const confirm = openConfirmRights({ config, stores, now });
if (confirm === undefined) logger.warn('OIDC_ISSUER is not set: rights count as last seen');
const governance = createGovernance({
  confirm,
  policyParts,
  stores,
  models,
  classifierModel: config.classifierModel,
  module: await loadRegoModule(),
  actions: table.actions,
  verify,
  now,
  policyMaxAgeMs: config.policyHotReloadIntervalMs,
  onRefusedSet: (refused) => logger.error(refused, 'stored policies are refused; the last good ones stay'),
  settleMs: config.effectSettleMs,
  rightsMaxAgeMs: config.rightsMaxAgeMs,
  onPolicyFailure: ({ tenantId, cause }) =>
    logger.error({ tenantId, err: cause }, 'policy could not be evaluated'),
});
const policyNews = followPolicies({
  url: config.databaseUrl.reveal(),
  held: governance.heldPolicies,
  log: logger,
});
const openAction = createOpenAction({
  table,
  readSecret,
  baseUrls: { github: config.githubApiUrl },
  timeoutMs: config.providerTimeoutMs,
});
const read = async (path: string | undefined) => (path === undefined ? undefined : readFile(path, 'utf8'));
const previousKey = await read(config.auditPreviousSigningKeyFile);
const heldKeys = await read(config.auditVerifyKeysFile);
const heads = {
  signer: parseTreeSigner(await readFile(config.auditSigningKeyFile, 'utf8')),
  ...(previousKey === undefined ? {} : { previousSigner: parseTreeSigner(previousKey) }),
  heldKeys: heldKeys === undefined ? [] : parseHeldKeys(heldKeys),
  ...(await openPublishers(config)),
};
const activities = createActivities({
  confirm,
  heads,
  ...stores,
  formerMasterKeys: masterKeys.ring.former,
  operatorTenant: config.operatorTenant,
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
  rightsMaxAgeMs: config.rightsMaxAgeMs,
});

// A history sealed by a former master key has to open before the first one is looked at.
await formerKeys.ready;
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
  tenantKeys: stores.dataKeys,
  logger,
  shutdownGraceMs: config.shutdownGraceMs,
});
const health = await serveHealth({
  host: config.host,
  port: config.workerHealthPort,
  state: () => worker.getState(),
});
await ensureSchedules({
  connection,
  namespace: config.temporalNamespace,
  taskQueue: config.temporalTaskQueue,
  envelope,
});
logger.info({ taskQueue: config.temporalTaskQueue }, 'worker ready');
await worker.run();
await health.close();
await connection.close();
await policyNews.close();
policyParts.close();
formerKeys.close();
secrets.close();
masterKeys.close();
await stores.close();
