import { patched, proxyActivities, sleep } from '@temporalio/workflow';
import type { TenantActivities } from '#activities/tenant/tenants.ts';
import { tenantWorkflowId } from '#domain/ids.ts';
import type { TenantWorkInput } from './messages/tenant.ts';
import { refuseForeign } from './refuse-foreign.ts';
import { showState } from './visibility.ts';

/** Each step is safe to repeat, so it is tried until it works; migrations may have to wait for another runner. */
const steps = proxyActivities<TenantActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
});

/**
 * Creates everything that a tenant needs; the tenant becomes active, and people can sign in, once all of it is there.
 */
export async function createTenant(input: TenantWorkInput): Promise<void> {
  refuseForeign(() => tenantWorkflowId(input.tenantId, 'create'));
  const { tenantId } = input;
  await steps.prepareTenantDatabase(tenantId);
  await steps.giveTenantKeys(tenantId);
  await steps.giveTenantPolicies(tenantId);
  await steps.openTenant(input);
  showState('answered');
}

/**
 * Waits until the deletion is due and no legal hold is left, or returns when it was called off. The tenant's workflows
 * end before its keys are destroyed, so that none is left that can read nothing.
 */
export async function deleteTenant(input: TenantWorkInput): Promise<void> {
  refuseForeign(() => tenantWorkflowId(input.tenantId, 'delete'));
  const { tenantId } = input;
  for (;;) {
    const due = await steps.deletionDue(tenantId);
    if (due.kind === 'off') return showState('withdrawn');
    if (due.waitMs > 0) await sleep(due.waitMs);
    else if (!patched('destruction-begins') || (await steps.beginTenantDestruction(tenantId))) break;
  }
  await steps.dropTenantSchedules(tenantId);
  await steps.endTenantWorkflows(tenantId);
  await steps.destroyTenantKeys(tenantId);
  await steps.dropTenantDatabase(tenantId);
  await steps.closeTenant(input);
  showState('answered');
}
