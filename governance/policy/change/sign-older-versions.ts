import type { Actor } from '#domain/person/actor.ts';
import type { PolicyStore } from '#stores/policy/policies.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import type { RecordEvent } from '../../record.ts';

interface SignOlderVersionsOptions {
  policies: Pick<PolicyStore, 'signOlderVersions'>;
  recordEvent: RecordEvent;
  tenantId: string;
}

/** For every tenant, after a migration. */
export async function signOlderVersionsOfAll({
  tenants,
  policies,
  recordEvent,
}: Omit<SignOlderVersionsOptions, 'tenantId'> & { tenants: Pick<TenantStore, 'list'> }): Promise<void> {
  for (const { id: tenantId, destroyingSince } of await tenants.list())
    if (destroyingSince === null) await signOlderVersions({ policies, recordEvent, tenantId });
}

/**
 * Gives the versions of a tenant's policies from before there were proofs theirs, once, at a position of the log; what
 * is without one afterwards stays without. Safe to repeat. The store needs the signing key.
 */
export async function signOlderVersions({
  policies,
  recordEvent,
  tenantId,
}: SignOlderVersionsOptions): Promise<void> {
  const setup: Actor = { tenantId, userId: 'openclaw-setup', role: 'enterprise_admin', orgUnit: '' };
  await policies.signOlderVersions(tenantId, ({ versions, digest }) =>
    recordEvent(setup, {
      event: 'policy.versions_signed',
      detail: `${versions} versions of policies from before there were proofs, digest ${digest}`,
      outcome: 'success',
      metadata: { versions, digest },
    }),
  );
}
