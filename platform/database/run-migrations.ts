import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type { Client } from 'pg';

// Bookkeeping has a schema of its own, so that business schemas contain nothing else.
export const migrationsSchema = 'openclaw_migrations';

interface MigrationRun {
  folder: 'main' | 'tenant' | 'audit';
  /** Name of the bookkeeping table, and of the schema when there is one per run. */
  name: string;
  /** Search path of the run; created if missing. */
  schema?: string;
  /** Settings that the SQL reads with `current_setting`. */
  settings: Readonly<Record<string, string>>;
  log: (line: string) => void;
}

/** Applies what is new in `migrations/<folder>`, in one transaction. The caller holds the migration lock. */
export async function runMigrations(client: Client, run: MigrationRun): Promise<void> {
  for (const [name, value] of Object.entries(run.settings)) {
    await client.query('SELECT set_config($1, $2, false)', [name, value]);
  }
  const applied = await runner({
    dbClient: client,
    dir: fileURLToPath(new URL(`migrations/${run.folder}`, import.meta.url)),
    direction: 'up',
    migrationsSchema,
    createMigrationsSchema: true,
    migrationsTable: run.name,
    ...(run.schema === undefined ? {} : { schema: run.schema, createSchema: true }),
    singleTransaction: true,
    noLock: true,
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  await client.query('RESET search_path');
  if (applied.length > 0) run.log(`${run.name}: ${applied.map((migration) => migration.name).join(', ')}`);
}

// Errors are thrown anyway; the rest is noise.
function quiet(): void {}
