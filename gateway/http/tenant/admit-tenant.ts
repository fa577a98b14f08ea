import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { isWorking } from '#domain/tenant/tenant.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import type { AnyRoute } from '../route.ts';
import { tenantOfPath } from './tenant-path.ts';

interface TenantCall {
  route: AnyRoute;
  actor: Actor;
  /** Path and query as sent, before a tenant was removed from them. */
  originalUrl: string;
  /** `Host` as sent. */
  host: string | undefined;
}

/**
 * Checks that the call came to the tenant's own place, and that it may begin there. Throws `TENANT_MISMATCH`,
 * `TENANT_UNKNOWN`, `TENANT_SUSPENDED`.
 */
export type AdmitTenant = (call: TenantCall) => Promise<void>;

interface AdmitTenantOptions {
  tenants: Pick<TenantStore, 'find'>;
  /** TENANT_ROUTING. */
  routing: 'claim' | 'host' | 'path';
  /** TENANT_HOSTS. */
  hosts: Readonly<Record<string, string>>;
  /** OIDC_ISSUER, which signed every token that gets this far. */
  issuer: string;
}

/**
 * Signing out, ending sessions and placing legal holds must be possible in a suspended tenant too, and holds most of
 * all in one that is about to be deleted.
 */
const alwaysOpen = /^\/(api\/v1\/)?(auth|legal-holds)(\/|$)/;

/** The tenant is the one in the claim; where host or path name one too, they must agree (spec/decisions.md 15). */
export function createAdmitTenant({ tenants, routing, hosts, issuer }: AdmitTenantOptions): AdmitTenant {
  const placeOf = ({ originalUrl, host }: TenantCall, claimed: string): string | undefined => {
    switch (routing) {
      case 'claim':
        return claimed;
      case 'host':
        return byHost(hosts, host);
      case 'path':
        return tenantOfPath(originalUrl);
    }
  };
  return async (call) => {
    const { route, actor } = call;
    if (placeOf(call, actor.tenantId) !== actor.tenantId) throw new CodedError('TENANT_MISMATCH');
    const tenant = await tenants.find(actor.tenantId);
    if (tenant === undefined || !isIssuer(tenant.oidcIssuer, issuer)) throw new CodedError('TENANT_UNKNOWN');
    const changes = route.method !== 'GET' && !alwaysOpen.test(route.path);
    if (changes && !isWorking(tenant.status)) throw new CodedError('TENANT_SUSPENDED');
  };
}

function byHost(hosts: Readonly<Record<string, string>>, host: string | undefined): string | undefined {
  const name = host?.toLowerCase().replace(/:\d+$/, '');
  return name !== undefined && Object.hasOwn(hosts, name) ? hosts[name] : undefined;
}

function isIssuer(tenants: string | null, issuer: string): boolean {
  return tenants === null || tenants === issuer;
}
