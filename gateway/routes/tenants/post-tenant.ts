import { CodedError } from '#domain/error.ts';
import * as calls from '#domain/tenant/calls.ts';
import { newTenant, tenantView as tenantViewSchema } from '#domain/tenant/tenant.schema.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import type { Tenant, TenantFacts } from '#stores/tenant/tenants.ts';
import { defineRoute } from '../../http/route.ts';
import type { TenantParts } from './parts.ts';
import { tenantView } from './tenant-view.ts';

type Dependencies = Pick<TenantParts, 'tenants' | 'recordEvent' | 'tenantWork'>;

/** Adds a tenant. Its row is the outbox: a start that is lost is made up for by the provisioning worker. */
export function postTenant({ tenants, recordEvent, tenantWork }: Dependencies) {
  return defineRoute({
    ...calls.postTenant,
    summary: 'A new tenant: its role, schema, keys and policies are made in the background',
    auth: 'tenants.manage',
    audit: 'tenant.created',
    request: { body: newTenant },
    response: { 201: tenantViewSchema },
    errors: ['TENANT_EXISTS', 'AUDIT_WRITE_FAILED', 'TEMPORAL_UNAVAILABLE', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, body }) {
      const facts = { id: body.id, name: body.name, domains: body.domains, oidcIssuer: body.oidc_issuer };
      const before = await tenants.read(facts.id);
      if (before !== undefined && !isSame(before, facts)) throw new CodedError('TENANT_EXISTS');
      await recordEvent(actor, {
        event: 'tenant.created',
        detail: `tenant ${facts.id}`,
        outcome: 'success',
        metadata: { tenant: facts.id },
        dedupeKey: `tenant-created:${facts.id}`,
      });
      await tenants.add(facts);
      const made = await tenants.read(facts.id);
      if (made === undefined || !isSame(made, facts)) throw new CodedError('TENANT_EXISTS');
      if (made.status === 'provisioning') await tenantWork.create(facts.id, actor);
      return { status: 201, body: tenantView(made) };
    },
  });
}

/** Is it the same call again? Its first answer may have been lost, so that is no conflict. */
function isSame(tenant: Tenant, facts: TenantFacts): boolean {
  const { id, name, domains, oidcIssuer, status } = tenant;
  return (
    status !== 'deleted' && canonicalJson({ id, name, domains, oidcIssuer }) === canonicalJson({ ...facts })
  );
}
