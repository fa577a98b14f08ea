import pg from 'pg';
import { rolePrefixOf, tenantNames } from '#platform/database/names.ts';

/** The runtime login in a tenant's role, for what its SQL may do; `also`: schemas it looks into after the tenant's own. */
export async function loginAsTenant(
  databaseUrl: string,
  tenantId: string,
  also: readonly string[] = [],
): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { role, schema } = tenantNames(rolePrefixOf(databaseUrl), tenantId);
  await client.query("SELECT set_config('role', $1, false), set_config('search_path', $2, false)", [
    role,
    [schema, ...also].join(', '),
  ]);
  return client;
}
