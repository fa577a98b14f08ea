import { ownActions } from '#domain/action/own-actions.ts';
import * as calls from '#domain/tenant/calls.ts';
import { tenantList } from '#domain/tenant/tenant.schema.ts';
import { defineRoute } from '../../http/route.ts';
import { governedReadErrors } from '../own-data.ts';
import type { TenantParts } from './parts.ts';
import { tenantView } from './tenant-view.ts';

export function listTenants({ tenants, governedRead }: Pick<TenantParts, 'tenants' | 'governedRead'>) {
  return defineRoute({
    ...calls.listTenants,
    summary: 'Every tenant, also those that are being made or are gone',
    auth: 'tenants.manage',
    audit: 'tenant.read',
    request: {},
    response: { 200: tenantList },
    errors: governedReadErrors,
    async handle({ actor }) {
      const all = await governedRead({
        actor,
        facts: ownActions.readTenants,
        event: 'tenant.read',
        detail: 'the list of tenants',
        classification: 'internal',
        run: async () => ({ output: await tenants.readAll(), touched: [] }),
      });
      return { status: 200, body: { tenants: all.map(tenantView), total: all.length } };
    },
  });
}
