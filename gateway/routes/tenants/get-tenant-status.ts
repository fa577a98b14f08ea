import { ownActions } from '#domain/action/own-actions.ts';
import { CodedError } from '#domain/error.ts';
import * as calls from '#domain/tenant/calls.ts';
import { tenantStatusView } from '#domain/tenant/tenant.schema.ts';
import { defineRoute } from '../../http/route.ts';
import { governedReadErrors } from '../own-data.ts';
import type { TenantParts } from './parts.ts';
import { tenantParams } from './tenant-view.ts';

type Dependencies = Pick<TenantParts, 'tenants' | 'governedRead' | 'countGateways' | 'countConnectors'>;

export function getTenantStatus({ tenants, governedRead, countGateways, countConnectors }: Dependencies) {
  return defineRoute({
    ...calls.getTenantStatus,
    summary: 'How far a tenant is, with counts as they are now',
    auth: 'tenants.manage',
    audit: 'tenant.read',
    request: { params: tenantParams },
    response: { 200: tenantStatusView },
    errors: ['tenant_not_found', ...governedReadErrors],
    async handle({ actor, params }) {
      const tenant = await tenants.read(params.id);
      if (tenant === undefined) throw new CodedError('tenant_not_found');
      const body = await governedRead({
        actor,
        facts: ownActions.readTenants,
        event: 'tenant.read',
        detail: `status of tenant ${tenant.id}`,
        classification: 'internal',
        run: async () => {
          const [counts, gatewayInstances, connectorCount] = await Promise.all([
            tenants.counts(tenant.id),
            countGateways(),
            countConnectors(tenant.id),
          ]);
          const { id, name, status, createdAt } = tenant;
          const numbers = { connectorCount, policyCount: counts.policies, userCount: counts.people };
          return { output: { id, name, status, gatewayInstances, ...numbers, createdAt }, touched: [] };
        },
      });
      return { status: 200, body };
    },
  });
}
