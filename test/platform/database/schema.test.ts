import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { roleNames, tenantNames } from '#platform/database/names.ts';
import { createTestDatabases, type TestDatabases } from '../../support/database.ts';
import { describeSchema } from '../../support/describe-schema.ts';

const folder = join(import.meta.dirname, '../../../platform/database/schema');

let databases: TestDatabases;

beforeAll(async () => {
  databases = await createTestDatabases();
});
afterAll(() => databases.drop());

// `npm run schema` writes the files anew.
describe('platform/database/schema', () => {
  it.each<[string, 'adminUrl' | 'auditAdminUrl', string, string]>([
    ['main', 'adminUrl', 'openclaw', 'What all tenants share in the main database'],
    ['tenant', 'adminUrl', 'tenant_acme', 'What each tenant has in the main database, here acme'],
    ['audit', 'auditAdminUrl', 'ledger', 'The audit database'],
  ])('%s.sql is what the migrations leave', async (file, url, schema, title) => {
    const { prefix } = databases;
    const { ledgerOwner, ledgerWriter, ledgerReader, ...others } = roleNames(prefix);
    const roles = { main: Object.values(others), tenant: [tenantNames(prefix, 'acme').role] }[file] ?? [
      ledgerOwner,
      ledgerWriter,
      ledgerReader,
    ];
    const described = await withAdmin(databases[url], (client) =>
      describeSchema(client, { schema, title, prefix, roles }),
    );
    await expect(described).toMatchFileSnapshot(join(folder, `${file}.sql`));
  });

  it('holds nothing else', async () => {
    expect((await readdir(folder)).toSorted()).toEqual(['audit.sql', 'main.sql', 'tenant.sql']);
  });
});
