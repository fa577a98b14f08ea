import pg from 'pg';
import { runDdl } from './ddl.ts';
import { codeOf, databaseFailure } from './failure.ts';

// "openclaw" as a number: one migration at a time per database.
const migrationLock = 0x6f70_656e;
const patienceMs = 300_000;

/** Opens one connection as the administrator; throws `DATABASE_UNAVAILABLE` when that fails. */
export async function withAdmin<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'openclaw migrate',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw databaseFailure(error);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The same, holding the migration lock; waits up to five minutes for another runner, and says so. */
export async function withMigrationLock<Result>(
  url: string,
  log: (line: string) => void,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  return withAdmin(url, async (client) => {
    const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [
      migrationLock,
    ]);
    if (rows[0]?.got !== true) {
      log('another migration is running; waiting for it');
      await client.query(`SELECT set_config('lock_timeout', $1, false)`, [String(patienceMs)]);
      await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    }
    return work(client);
  });
}

/** Creates the database of the URL if it is missing. */
export async function ensureDatabase(url: string, log: (line: string) => void): Promise<void> {
  const name = databaseOf(url);
  const missing = await withAdmin(url, async () => false).catch((error: unknown) => {
    if (error instanceof Error && codeOf(error.cause) === '3D000') return true;
    throw error;
  });
  if (!missing) return;
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  await withAdmin(maintenance.href, async (client) => {
    try {
      await runDdl(client, `CREATE DATABASE %I ENCODING 'UTF8' TEMPLATE template0`, name);
      log(`database ${name} created`);
    } catch (error) {
      // Another runner was faster.
      if (codeOf(error) !== '42P04' && codeOf(error) !== '23505') throw error;
    }
  });
}

/** Name of the database that a connection string points to. */
export function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}
