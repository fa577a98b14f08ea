import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from '#platform/logger.ts';
import { prepareNamespace } from '#platform/temporal/prepare-namespace.ts';

interface ConnectOptions {
  address: string;
  namespace: string;
  logger: Logger;
}

const retryAfterMs = 1_000;
const retentionDays = 30;

/** Waits until Temporal is up, prepares the namespace, and returns the connection for the worker. */
export async function connectWhenReady({
  address,
  namespace,
  logger,
}: ConnectOptions): Promise<NativeConnection> {
  for (;;) {
    try {
      await prepare({ address, namespace, logger });
      return await NativeConnection.connect({ address });
    } catch (error) {
      logger.warn({ address, err: error }, 'Temporal does not answer yet');
      await sleep(retryAfterMs);
    }
  }
}

async function prepare({ address, namespace, logger }: ConnectOptions): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '5s' });
  try {
    await prepareNamespace({ connection, namespace, retentionDays, warn: (line) => logger.warn(line) });
  } finally {
    await connection.close();
  }
}
