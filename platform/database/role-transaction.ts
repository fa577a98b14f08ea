import type { Kysely } from 'kysely';
import { bindKysely } from './bound-kysely.ts';
import { codeOf, databaseFailure } from './failure.ts';
import type { Database } from './pool.ts';

// Local to the transaction: COMMIT and ROLLBACK both reset role and path.
const enterRole = {
  name: 'enter_role',
  text: `SELECT set_config('role', $1, true), set_config('search_path', quote_ident($2) || ', pg_temp', true)`,
};

interface RoleTransaction<Tables, Result> {
  role: string;
  schema: string;
  work: (tx: Kysely<Tables>) => Promise<Result>;
  /** What to throw when the role can't be taken. */
  refused: (cause: unknown) => Error;
}

/**
 * One transaction under one role and one search path. BEGIN and the switch are sent ahead of the first statement
 * without waiting: if the switch fails, the transaction is aborted and the server refuses everything after it.
 */
export async function inRole<Tables, Result>(
  database: Database,
  { role, schema, work, refused }: RoleTransaction<Tables, Result>,
): Promise<Result> {
  return database.withClient(async (client, discard) => {
    const begun = client.query('BEGIN');
    const entered = client.query({ ...enterRole, values: [role, schema] });
    const opening = Promise.allSettled([begun, entered]);
    const bound = bindKysely<Tables>(client);
    try {
      const result = await work(bound.tx).finally(bound.close);
      const [, entering] = await opening;
      if (entering.status === 'rejected') throw entering.reason;
      const { command } = await client.query('COMMIT');
      if (command !== 'COMMIT')
        throw new Error('a statement of this transaction failed, so it was rolled back');
      return result;
    } catch (error) {
      const [beginning, entering] = await opening;
      await client.query('ROLLBACK').catch(discard);
      if (beginning.status === 'rejected') throw databaseFailure(beginning.reason);
      if (entering.status === 'fulfilled') throw databaseFailure(error);
      throw isRefusal(entering.reason) ? refused(entering.reason) : databaseFailure(entering.reason);
    }
  });
}

// There is no such role, or the login may not take it.
function isRefusal(error: unknown): boolean {
  return codeOf(error) === '22023' || codeOf(error) === '42501';
}
