import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import type { PoolClient } from 'pg';
import { preparedName } from './prepared.ts';
import { assertStorable } from './valid-text.ts';

/** Kysely over one connection whose transaction is already open: usable until `close`, never after it. */
export function bindKysely<Tables>(client: PoolClient): { tx: Kysely<Tables>; close: () => void } {
  let open = true;
  const connection: DatabaseConnection = {
    async executeQuery<Row>(query: CompiledQuery) {
      if (!open) throw new Error('this transaction has ended');
      assertStorable(query.parameters);
      const result = await client.query({
        name: preparedName(query.sql),
        text: query.sql,
        values: [...query.parameters],
      });
      const rows: Row[] = result.rows;
      return { rows, numAffectedRows: BigInt(result.rowCount ?? 0) };
    },
    streamQuery: () => {
      throw new Error('a tenant transaction does not stream');
    },
  };
  const tx = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driverOf(connection),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  return {
    tx,
    close: () => {
      open = false;
    },
  };
}

// Begin, commit and rollback belong to role-transaction.ts; Kysely must not open a second transaction inside.
function driverOf(connection: DatabaseConnection): Driver {
  const refuse = async () => {
    throw new Error('a transaction is open already');
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: async () => {},
    destroy: async () => {},
  };
}
