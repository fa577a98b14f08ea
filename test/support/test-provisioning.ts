import { DefaultLogger, NativeConnection } from '@temporalio/worker';
import { inject } from 'vitest';
import { createTellNotSo } from '#activities/not-so.ts';
import { createRewrapKeys } from '#activities/upkeep/rewrap.ts';
import { createLogger } from '#platform/logger.ts';
import { bundleWorkflows } from '#workers/bundle-workflows.ts';
import { createWorker } from '#workers/create-worker.ts';
import { provisioningQueueOf } from '#workflows/messages/tenant.ts';
import { recordEventIn } from './record-event.ts';
import type { TestWorker } from './test-worker.ts';
import './temporal-runtime.ts';

/** The process that alone changes keys, on its own queue beside that of the worker. */
export async function startTestProvisioning({
  stores,
  envelope,
  taskQueue,
}: Pick<TestWorker, 'stores' | 'envelope' | 'taskQueue'>): Promise<{ close(): Promise<void> }> {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const worker = await createWorker({
    connection,
    namespace: 'default',
    taskQueue: provisioningQueueOf(taskQueue),
    workflowBundle: await bundleWorkflows(new DefaultLogger('ERROR')),
    activities: {
      rewrapKeys: createRewrapKeys({
        wrappedKeys: stores.wrappedKeys,
        formerMasterKeys: () => new Map(),
        upkeep: stores.upkeep,
        recordEvent: recordEventIn(stores),
      }),
    },
    tellNotSo: createTellNotSo({ recordEvent: recordEventIn(stores), now: () => new Date() }),
    envelope,
    logger: createLogger({ level: 'silent', name: 'test' }),
    shutdownGraceMs: 0,
  });
  const running = worker.run();
  return {
    async close() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
