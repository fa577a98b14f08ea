import pg from 'pg';
import { databaseFailure } from './failure.ts';
import { preparedName } from './prepared.ts';
import { assertStorable } from './valid-text.ts';

const { builtins } = pg.types;

export interface DatabaseOptions {
  /** Default 10. */
  maxConnections?: number;
  /** Shown in `pg_stat_activity`. */
  applicationName?: string;
  /** How long to wait for a connection, a free one in the pool included, in milliseconds; default 5000. */
  connectTimeoutMs?: number;
  /** Limit of one statement, which the server ends, in milliseconds; default 15 000. */
  statementTimeoutMs?: number;
  /** Called when a connection is lost; the pool replaces it by itself. */
  onConnectionLost?: (error: Error) => void;
}

/** A pool of connections to one database. Every method throws `DATABASE_UNAVAILABLE` while it can't be reached. */
export interface Database {
  /** One statement in a transaction of its own: one round trip. */
  query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]>;
  /** Lends one connection to `work`; it is thrown away when `work` calls `discard`. */
  withClient<Result>(work: (client: pg.PoolClient, discard: () => void) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export function createDatabase(url: string, options: DatabaseOptions = {}): Database {
  const onConnectionLost = options.onConnectionLost ?? (() => {});
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    application_name: options.applicationName ?? 'openclaw',
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 15_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    // BEGIN, the switch of roles and the first statement travel together (role-transaction.ts).
    pipeline: true,
    types: { getTypeParser: parserOf },
  });
  // Without these listeners, a connection lost while idle or between two statements would end the process.
  pool.on('connect', (client) => client.on('error', onConnectionLost));
  pool.on('error', () => {});
  return {
    async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) {
      assertStorable(values);
      try {
        const result = await pool.query<Row>({ name: preparedName(text), text, values: [...values] });
        return result.rows;
      } catch (error) {
        throw databaseFailure(error);
      }
    },
    async withClient(work) {
      const client = await pool.connect().catch((error: unknown) => {
        throw databaseFailure(error);
      });
      let discarded = false;
      try {
        return await work(client, () => {
          discarded = true;
        });
      } finally {
        client.release(discarded);
      }
    },
    close: () => pool.end(),
  };
}

const isoTimestamp = (text: string): unknown => {
  const parsed: unknown = pg.types.getTypeParser(builtins.TIMESTAMPTZ)(text);
  return parsed instanceof Date ? parsed.toISOString() : parsed;
};

// Timestamps as ISO text, which the rest of the system uses; bigint as number (ours stay far below 2^53).
function parserOf(oid: number, format?: 'text' | 'binary') {
  if (oid === builtins.TIMESTAMPTZ) return isoTimestamp;
  if (oid === builtins.INT8) return Number;
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
}
