import { CodedError } from '#domain/error.ts';
import { isWorking } from '#domain/tenant/tenant.ts';
import type { ApprovalStore } from '#stores/approval/approvals.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import { comeBack } from '../come-back.ts';

export interface SuspensionOptions {
  tenants: TenantStore;
  approvals: ApprovalStore;
  now: () => Date;
  /** Milliseconds between two looks at a suspended tenant; default ten seconds. */
  suspendedLookMs?: number | undefined;
}

interface Wait {
  tenantId: string;
  approvalId: string | null;
  since: string;
  until: string;
}

/** Does the tenant work now? What isn't there any more doesn't. From a copy of at most 5 s. */
export async function worksNow(tenants: Pick<TenantStore, 'find'>, tenantId: string): Promise<boolean> {
  const tenant = await tenants.find(tenantId);
  return tenant !== undefined && isWorking(tenant.status);
}

/** Comes to its end when the tenant works; until then each attempt goes back to Temporal, which keeps the time. */
export function createUntilWorking({ tenants, suspendedLookMs = 10_000 }: SuspensionOptions) {
  return async (tenantId: string): Promise<void> => {
    if (!(await worksNow(tenants, tenantId))) {
      throw comeBack(new CodedError('TENANT_SUSPENDED'), suspendedLookMs);
    }
  };
}

/** How much of a wait the tenant stood still, in milliseconds, once it works again; the approval is as much later. */
export function createStoodStill(options: SuspensionOptions) {
  const untilWorking = createUntilWorking(options);
  return async ({ tenantId, approvalId, since, until }: Wait): Promise<number> => {
    await untilWorking(tenantId);
    const ms = Math.ceil(await options.tenants.stoodStillMs(tenantId, { since, until }));
    if (ms > 0 && approvalId !== null) {
      const expiresAt = new Date(options.now().getTime() + ms).toISOString();
      await options.approvals.prolong(tenantId, approvalId, expiresAt);
    }
    return ms;
  };
}
