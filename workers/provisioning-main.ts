import { readFile } from 'node:fs/promises';
import { Runtime } from '@temporalio/worker';
import { createRecordEvent } from '#governance/record.ts';
import { createClosers } from '#platform/closers.ts';
import { parseConfig } from '#platform/config/parse-config.ts';
import { parseSigner } from '#platform/crypto/signature.ts';
import { createLogger } from '#platform/logger.ts';
import { repeat } from '#platform/repeat.ts';
import { connectTemporal } from '#platform/temporal/client.ts';
import { openKeysAndStores } from '#stores/open-keys-and-stores.ts';
import { bundleWorkflows } from './bundle-workflows.ts';
import { connectWhenReady } from './connect-when-ready.ts';
import { openProvisioning } from './open-provisioning.ts';
import { serveHealth } from './serve-health.ts';
import { startLostTenantWork } from './start-lost-tenant-work.ts';
import { temporalLogger } from './temporal-logger.ts';

/**
 * The provisioning process: creates and deletes tenants. It alone has the database administrator's rights while the
 * system runs, and does nothing else: no connector, no text from outside.
 */
const { config, warnings } = parseConfig({
  env: process.env,
  needs: [
    'DATABASE_URL',
    'AUDIT_DATABASE_URL',
    'DATABASE_ADMIN_URL',
    'TEMPORAL_ADDRESS',
    'ENCRYPTION_KEYS_FILE',
    'VOTE_SIGNING_KEY_FILE',
    'VOTE_VERIFY_KEYS_FILE',
  ],
});
const logger = createLogger({ level: config.logLevel, name: 'provisioning' });
for (const warning of warnings) logger.warn(warning);

Runtime.install({ logger: temporalLogger(logger), shutdownSignals: ['SIGTERM', 'SIGINT'] });

const closers = createClosers({
  onProblem: (cause) => logger.warn({ err: cause }, 'a part did not close well'),
});
const { masterKeys, stores, formerKeysReady } = await openKeysAndStores({
  config,
  process: 'provisioning',
  maxConnections: 2,
  signer: parseSigner(await readFile(config.voteSigningKeyFile, 'utf8')),
  log: logger,
  closers,
});
const { envelope } = masterKeys;
const now = () => new Date();
const temporal = closers.keep(
  connectTemporal({
    address: config.temporalAddress,
    namespace: config.temporalNamespace,
    envelope,
  }),
);

// The deletion of a tenant waits for days: by then its history may be sealed under a former master key.
await formerKeysReady;
const [workflowBundle, connection] = await Promise.all([
  bundleWorkflows(temporalLogger(logger)),
  connectWhenReady({ address: config.temporalAddress, namespace: config.temporalNamespace, logger }),
]);
closers.keep(connection);
const worker = await openProvisioning({
  adminUrl: config.databaseAdminUrl.reveal(),
  databaseUrl: config.databaseUrl.reveal(),
  stores,
  formerMasterKeys: masterKeys.ring.former,
  operatorTenant: config.operatorTenant,
  recordEvent: createRecordEvent({ ledger: stores.ledger, now }),
  now,
  temporal,
  connection,
  namespace: config.temporalNamespace,
  taskQueue: config.temporalTaskQueue,
  workflowBundle,
  envelope,
  logger,
  shutdownGraceMs: config.shutdownGraceMs,
});
closers.keep(
  await serveHealth({
    host: config.host,
    port: config.workerHealthPort,
    state: () => worker.getState(),
  }),
);
const lostWork = repeat({
  everyMs: 60_000,
  turn: async () => {
    // Whoever asks for a deletion may say longer, not shorter.
    await stores.tenants.setDeletionWait(config.tenantDeleteWaitMs);
    for (const id of await stores.tenants.withoutKeys()) await stores.dataKeys.ready(id);
    await startLostTenantWork({
      tenants: stores.tenants,
      temporal,
      taskQueue: config.temporalTaskQueue,
      operatorTenant: config.operatorTenant,
    });
  },
  onFailure: (error, inARow) =>
    logger.warn({ err: error, inARow }, 'tenant work could not be looked for; it is tried again'),
});
lostWork.start();
void lostWork.turnNow();
logger.info('provisioning ready');
await worker.run();
await lostWork.stop();
await closers.closeAll();
