import type { Actor } from '#domain/person/actor.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { startWorkflow } from '#platform/temporal/start-workflow.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import { tenantWorkStart } from '#workflows/messages/tenant.ts';

interface LostTenantWorkOptions {
  tenants: Pick<TenantStore, 'readAll'>;
  temporal: Temporal;
  /** Of requests; tenants have one beside it. */
  taskQueue: string;
  /** OPERATOR_TENANT: in whose name lost work is started, on record there. */
  operatorTenant: string | undefined;
}

/** A tenant's row is the outbox of its work: what a gateway committed and could not start is started here. */
export async function startLostTenantWork(options: LostTenantWorkOptions): Promise<void> {
  const { tenants, temporal, taskQueue, operatorTenant } = options;
  for (const { id: tenantId, status } of await tenants.readAll()) {
    const work = status === 'provisioning' ? 'create' : status === 'deleting' ? 'delete' : undefined;
    if (work === undefined) continue;
    const operator: Actor = {
      tenantId: operatorTenant ?? tenantId,
      userId: 'openclaw-setup',
      role: 'enterprise_admin',
      orgUnit: '',
    };
    await startWorkflow(temporal, tenantWorkStart(work, { tenantId, operator }, taskQueue));
  }
}
