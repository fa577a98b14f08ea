import { apiBase } from './base.ts';
import { type Calls } from './calls.ts';
import type { NewTenant, TenantPage, TenantStatusView, TenantView } from './types.ts';

/** What becomes of a tenant as a whole. */
export type TenantStep = 'suspend' | 'resume' | 'restore' | 'delete';

export interface TenantApi {
  list(): Promise<TenantPage>;
  status(id: string): Promise<TenantStatusView>;
  create(body: NewTenant): Promise<TenantView>;
  take(step: TenantStep, id: string, reason: string): Promise<TenantView>;
}

export function tenantApi({ json }: Calls): TenantApi {
  const one = (id: string) => `${apiBase}/tenants/${encodeURIComponent(id)}`;
  return {
    list: () => json(`${apiBase}/tenants`),
    status: (id) => json(`${one(id)}/status`),
    create: (body) => json(`${apiBase}/tenants`, { method: 'POST', body }),
    take: (step, id, reason) =>
      step === 'delete'
        ? json(one(id), { method: 'DELETE', body: { reason } })
        : json(`${one(id)}/${step}`, { method: 'POST', body: { reason } }),
  };
}
