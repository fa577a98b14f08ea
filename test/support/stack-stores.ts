import { inject } from 'vitest';
import { type DatabaseUrls, localDatabases } from '#sandbox/parts/databases.ts';
import type { ProcessPart } from '#sandbox/parts/part.ts';
import { type PostgresOptions, startPostgres } from '#sandbox/parts/postgres.ts';
import { prepareSchema } from '#sandbox/parts/schema.ts';
import { startTemporal, type TemporalOptions } from '#sandbox/parts/temporal.ts';
import { createTestDatabases } from './database.ts';

export interface TestPostgres {
  databases: DatabaseUrls;
  /** Of the server, when it is the test's own. */
  process: ProcessPart | undefined;
  close(): Promise<void>;
}

/** Migrated databases: on a server of the test's own, or copies of the run's template. */
export async function openDatabases(options: {
  own: boolean;
  start: PostgresOptions;
}): Promise<TestPostgres> {
  if (!options.own) {
    const made = await createTestDatabases();
    return {
      databases: {
        databaseUrl: made.databaseUrl,
        auditDatabaseUrl: made.auditDatabaseUrl,
        databaseAdminUrl: made.adminUrl,
        auditDatabaseAdminUrl: made.auditAdminUrl,
        ofProcess: {
          gateway: made.as('gateway'),
          worker: made.as('worker'),
          provisioning: made.as('provisioning'),
        },
      },
      process: undefined,
      close: () => made.drop(),
    };
  }
  const server = await startPostgres(options.start);
  try {
    const databases = localDatabases({ adminUrl: server.adminUrl, appPassword: 'test' });
    await prepareSchema(databases, () => {});
    return { databases, process: server, close: server.kill9 };
  } catch (error) {
    await server.kill9();
    throw error;
  }
}

export interface TestTemporal {
  address: string;
  /** Of the server, when it is the test's own. */
  process: ProcessPart | undefined;
  close(): Promise<void>;
}

/** A Temporal server of the test's own, or the run's. */
export async function openTemporal(options: {
  own: boolean;
  start: Omit<TemporalOptions, 'cli'>;
}): Promise<TestTemporal> {
  if (!options.own) {
    return { address: inject('temporalAddress'), process: undefined, close: async () => {} };
  }
  const server = await startTemporal({ ...options.start, cli: inject('temporalCli') });
  return { address: server.address, process: server, close: server.kill9 };
}
