import { withAdmin } from '#platform/database/admin-connection.ts';
import type { TestStores } from './open-test-stores.ts';

/** Makes a request one that came and ended so many days ago, with its contents. */
export async function agedDays(
  { databases }: Pick<TestStores, 'databases'>,
  id: string,
  days: number,
  tenantId = 'acme',
) {
  const schema = `tenant_${tenantId}`;
  await withAdmin(databases.adminUrl, async (client) => {
    await client.query(
      `UPDATE ${schema}.requests SET created_at = now() - $2 * interval '1 day',
         finished_at = now() - $2 * interval '1 day' WHERE id = $1`,
      [id, days],
    );
    await client.query(`ALTER TABLE ${schema}.content DISABLE TRIGGER content_erase_only`);
    await client.query(
      `UPDATE ${schema}.content SET created_at = now() - $2 * interval '1 day'
       WHERE id IN (SELECT ${schema}.contents_of(ARRAY[$1]))`,
      [id, days],
    );
    await client.query(`ALTER TABLE ${schema}.content ENABLE ALWAYS TRIGGER content_erase_only`);
  });
}

/** Makes every content of tenant acme one of so many hours ago. */
export async function agedHours({ databases }: Pick<TestStores, 'databases'>, hours: number) {
  await withAdmin(databases.adminUrl, async (client) => {
    await client.query('ALTER TABLE tenant_acme.content DISABLE TRIGGER content_erase_only');
    await client.query(`UPDATE tenant_acme.content SET created_at = now() - $1 * interval '1 hour'`, [hours]);
    await client.query('ALTER TABLE tenant_acme.content ENABLE ALWAYS TRIGGER content_erase_only');
  });
}
