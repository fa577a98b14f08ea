import type { AuditReader } from '#stores/audit/entries.ts';

type Filters = NonNullable<Parameters<AuditReader['query']>[1]['filters']>;

/** A tenant's audit log as its administrator sees it, newest entry first. */
export async function entriesOf(
  { auditEntries }: { auditEntries: Pick<AuditReader, 'query'> },
  tenantId: string,
  { limit = 1_000, ...filters }: Filters & { limit?: number } = {},
) {
  const { entries } = await auditEntries.query(tenantId, { visibility: { kind: 'tenant' }, filters, limit });
  return entries;
}
