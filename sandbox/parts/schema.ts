import { migrate } from '#platform/database/migrate.ts';
import { provisionTenant } from '#platform/database/provision-tenant.ts';
import type { DatabaseUrls } from './databases.ts';

/** The tenants of the demo accounts. */
export const demoTenants = [
  { id: 'acme', name: 'Acme' },
  { id: 'globex', name: 'Globex' },
] as const;

/** Migrates both databases to the newest version and creates the demo tenants. Safe to repeat. */
export async function prepareSchema(urls: DatabaseUrls, log: (line: string) => void): Promise<void> {
  await migrate({
    adminUrl: urls.databaseAdminUrl,
    auditAdminUrl: urls.auditDatabaseAdminUrl,
    databaseUrl: urls.databaseUrl,
    auditDatabaseUrl: urls.auditDatabaseUrl,
    otherLogins: Object.values(urls.ofProcess ?? {}).map(({ databaseUrl }) => databaseUrl),
    log,
  });
  for (const tenant of demoTenants) {
    await provisionTenant({ adminUrl: urls.databaseAdminUrl, databaseUrl: urls.databaseUrl, ...tenant, log });
  }
}
