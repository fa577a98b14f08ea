import { CodedError } from '#domain/error.ts';
import * as calls from '#domain/tenant/calls.ts';
import { tenantChange, tenantView as tenantViewSchema } from '#domain/tenant/tenant.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { TenantParts } from './parts.ts';
import { tenantParams, tenantView } from './tenant-view.ts';

export function putTenant({ tenants, recordEvent }: Pick<TenantParts, 'tenants' | 'recordEvent'>) {
  return defineRoute({
    ...calls.putTenant,
    summary: 'Changes name, domains or issuer; what is not named stays',
    auth: 'tenants.manage',
    audit: 'tenant.changed',
    request: { params: tenantParams, body: tenantChange },
    response: { 200: tenantViewSchema },
    errors: ['tenant_not_found', 'AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params, body }) {
      const { name, domains, oidc_issuer: oidcIssuer } = body;
      const before = await tenants.read(params.id);
      if (before === undefined || before.status === 'deleted') throw new CodedError('tenant_not_found');
      const fields = Object.keys(body).toSorted();
      await recordEvent(actor, {
        event: 'tenant.changed',
        detail: `tenant ${before.id}`,
        outcome: 'success',
        metadata: { tenant: before.id, fields: fields.join(',') },
      });
      const changed = await tenants.change(before.id, {
        ...(name === undefined ? {} : { name }),
        ...(domains === undefined ? {} : { domains }),
        ...(oidcIssuer === undefined ? {} : { oidcIssuer }),
      });
      return { status: 200, body: tenantView(changed) };
    },
  });
}
