import type { Client } from 'pg';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { runDdl } from '#platform/database/ddl.ts';
import { roleNames } from '#platform/database/names.ts';
import { createDatabase, type Database } from '#platform/database/pool.ts';
import { newId } from '#platform/new-id.ts';
import type { TestDatabases } from '../support/database.ts';

/** A table with the columns and indexes of the audit log, and nothing of what keeps it. */
export interface PlainTable {
  /** One INSERT of a row like the last ones in the audit log, under an id and a time of its own. */
  insert(): Promise<void>;
  close(): Promise<void>;
}

type Cell = string | Buffer | null;

/** Rows are copied from the audit log of `acme`, which has some. They are ready: only the database works. */
export async function openPlainTable(
  databases: TestDatabases,
  { maxConnections }: { maxConnections: number },
): Promise<PlainTable> {
  const { columns, samples } = await withAdmin(databases.auditAdminUrl, async (client) => {
    await client.query('CREATE SCHEMA bench');
    await client.query(
      'CREATE TABLE bench.plain (LIKE ledger.audit_entries INCLUDING DEFAULTS INCLUDING INDEXES)',
    );
    const { app } = roleNames(databases.prefix);
    await runDdl(client, 'GRANT USAGE ON SCHEMA bench TO %I', app);
    await runDdl(client, 'GRANT INSERT ON bench.plain TO %I', app);
    return readSamples(client);
  });
  const pool = createDatabase(databases.auditDatabaseUrl, { maxConnections });
  const places = columns.map((_, n) => `$${n + 1}`);
  const text = `INSERT INTO bench.plain (${columns.map((name) => `"${name}"`).join()}) VALUES (${places.join()})`;
  let n = 0;
  return {
    async insert() {
      n += 1;
      const row = [...(samples[n % samples.length] ?? [])];
      row[columns.indexOf('id')] = newId('audit');
      row[columns.indexOf('timestamp')] = new Date().toISOString();
      await insertReady(pool, text, row);
    },
    close: () => pool.close(),
  };
}

async function insertReady(pool: Database, text: string, values: readonly Cell[]): Promise<void> {
  await pool.withClient(async (client) => {
    await client.query({ name: 'plain', text, values: [...values] });
  });
}

/** Rows as parameters: what is text or JSON as text, bytes as bytes. */
async function readSamples(client: Client): Promise<{ columns: string[]; samples: Cell[][] }> {
  const { rows: found } = await client.query<{ name: string; isBytes: boolean }>(
    `SELECT attname AS name, atttypid = 'bytea'::regtype AS "isBytes" FROM pg_attribute
     WHERE attrelid = 'bench.plain'::regclass AND attnum > 0 AND attname <> 'recorded_at' ORDER BY attnum`,
  );
  const cells = found.map(({ name, isBytes }) => (isBytes ? `"${name}"` : `"${name}"::text`));
  const { rows } = await client.query<Cell[]>({
    text: `SELECT ${cells.join()} FROM ledger.audit_entries WHERE tenant_id = 'acme' LIMIT 1000`,
    rowMode: 'array',
  });
  return { columns: found.map(({ name }) => name), samples: rows };
}
