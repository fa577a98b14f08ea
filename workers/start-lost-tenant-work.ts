import type { Actor } from '#domain/person/actor.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { startWorkflow } from '#platform/temporal/start-workflow.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import { tenantWorkStart } from '#workflows/messages/tenant.ts';

interface LostTenantWorkOptions {
  tenants: Pick<TenantStore, 'readAll'>;
  temporal: Temporal;
  /** The task queue of requests; tenants have one beside it. */
  taskQueue: string;
  /** OPERATOR_TENANT: lost work is started in its name and recorded there. */
  operatorTenant: string | undefined;
}

/** The row of a tenant is the outbox of its workflows: starts those that a gateway committed and could not start. */
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
