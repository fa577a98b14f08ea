import { z } from 'zod';
import type { TenantView } from '#domain/tenant/tenant.schema.ts';
import type { Tenant } from '#stores/tenant/tenants.ts';

export const tenantParams = z.strictObject({ id: z.string().max(64) });

export function tenantView(tenant: Tenant): TenantView {
  return {
    id: tenant.id,
    name: tenant.name,
    domains: [...tenant.domains],
    oidc_issuer: tenant.oidcIssuer,
    status: tenant.status,
    created_at: tenant.createdAt,
    delete_at: tenant.deleteAt,
  };
}
