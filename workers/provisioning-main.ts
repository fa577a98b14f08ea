import { readFile } from 'node:fs/promises';
import { Runtime } from '@temporalio/worker';
import { createRecordEvent } from '#governance/record.ts';
import { parseConfig } from '#platform/config/parse-config.ts';
import { openMasterKeys } from '#platform/crypto/open-master-keys.ts';
import { parseSigner, parseVerifier } from '#platform/crypto/signature.ts';
import { createLogger } from '#platform/logger.ts';
import { connectTemporal } from '#platform/temporal/client.ts';
import { openStores } from '#stores/open-stores.ts';
import { bundleWorkflows } from './bundle-workflows.ts';
import { connectWhenReady } from './connect-when-ready.ts';
import { openProvisioning } from './open-provisioning.ts';
import { serveHealth } from './serve-health.ts';
import { startLostTenantWork } from './start-lost-tenant-work.ts';
import { temporalLogger } from './temporal-logger.ts';

/**
 * The provisioning process: makes and ends tenants. It alone holds the database administrator's rights while the system
 * runs, and serves nothing else: no connector, no outside text.
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

const masterKeys = await openMasterKeys({
  path: config.encryptionKeysFile,
  onProblem: (cause) =>
    logger.error({ err: cause }, 'changed encryption keys are not taken; the last good ones stay'),
});
const { envelope } = masterKeys;
const stores = openStores({
  database: { url: config.databaseUrl.reveal(), maxConnections: 2 },
  audit: { url: config.auditDatabaseUrl.reveal(), maxConnections: 2 },
  envelope,
  policySigning: {
    signer: parseSigner(await readFile(config.voteSigningKeyFile, 'utf8')),
    verify: parseVerifier(await readFile(config.voteVerifyKeysFile, 'utf8')),
  },
});
const temporal = connectTemporal({
  address: config.temporalAddress,
  namespace: config.temporalNamespace,
  envelope,
});
const [workflowBundle, connection] = await Promise.all([
  bundleWorkflows(temporalLogger(logger)),
  connectWhenReady({ address: config.temporalAddress, namespace: config.temporalNamespace, logger }),
]);
const worker = await openProvisioning({
  adminUrl: config.databaseAdminUrl.reveal(),
  databaseUrl: config.databaseUrl.reveal(),
  stores,
  recordEvent: createRecordEvent({ ledger: stores.ledger, now: () => new Date() }),
  temporal,
  connection,
  namespace: config.temporalNamespace,
  taskQueue: config.temporalTaskQueue,
  workflowBundle,
  envelope,
  logger,
  shutdownGraceMs: config.shutdownGraceMs,
});
const health = await serveHealth({
  host: config.host,
  port: config.workerHealthPort,
  state: () => worker.getState(),
});
const stopping = new AbortController();
const lost = startLostTenantWork({
  tenants: stores.tenants,
  temporal,
  taskQueue: config.temporalTaskQueue,
  operatorTenant: config.operatorTenant,
  logger,
  signal: stopping.signal,
});
logger.info('provisioning ready');
await worker.run();
stopping.abort();
await lost;
await health.close();
await connection.close();
await temporal.close();
await stores.close();
masterKeys.close();
