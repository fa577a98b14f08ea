import type { TenantStatusView, TenantView } from '#domain/tenant/tenant.schema.ts';
import { plainLine } from '../terminal-text.ts';
import { textTable } from './table.ts';

export function tenantListText(tenants: readonly TenantView[], width: number | undefined): string {
  if (tenants.length === 0) return 'No tenants.';
  return textTable({
    head: ['ID', 'STATUS', 'CREATED', 'NAME'],
    rows: tenants.map(({ id, status, created_at: created, name }) => [
      id,
      status,
      created.slice(0, 10),
      name,
    ]),
    width,
  });
}

export function tenantText(tenant: TenantView): string {
  const { id, name, status, domains, oidc_issuer: issuer, delete_at: deleteAt } = tenant;
  return [
    `Tenant ${plainLine(id)} (${plainLine(name)}) is ${status}.`,
    ...(domains.length === 0 ? [] : [`Domains: ${plainLine(domains.join(', '))}`]),
    ...(issuer === null ? [] : [`Issuer:  ${plainLine(issuer)}`]),
    ...(deleteAt === null
      ? []
      : [`It is destroyed from ${deleteAt} on; until then \`openclaw tenant restore ${plainLine(id)}\`.`]),
  ].join('\n');
}

export function tenantStatusText(status: TenantStatusView): string {
  const rows: [string, string][] = [
    ['Tenant', `${status.id} (${status.name})`],
    ['Status', status.status],
    ['Created', status.createdAt],
    ['Gateways', String(status.gatewayInstances)],
    ['Connectors', String(status.connectorCount)],
    ['Policies', String(status.policyCount)],
    ['People', String(status.userCount)],
  ];
  return rows.map(([name, value]) => `${`${name}:`.padEnd(12)}${plainLine(value)}`).join('\n');
}
