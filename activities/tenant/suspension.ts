import { CodedError } from '#domain/error.ts';
import { isWorking } from '#domain/tenant/tenant.ts';
import type { ApprovalStore } from '#stores/approval/approvals.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import { comeBack } from '../come-back.ts';

export interface SuspensionOptions {
  tenants: TenantStore;
  approvals: ApprovalStore;
  now: () => Date;
  /** How often to look at a suspended tenant again, in milliseconds; default ten seconds. */
  suspendedLookMs?: number | undefined;
}

interface Wait {
  tenantId: string;
  approvalId: string | null;
  since: string;
  until: string;
}

/** Is the tenant there, and not suspended? Answers from a copy that is at most 5 s old. */
export async function worksNow(tenants: Pick<TenantStore, 'find'>, tenantId: string): Promise<boolean> {
  const tenant = await tenants.find(tenantId);
  return tenant !== undefined && isWorking(tenant.status);
}

/** Returns once the tenant is working; until then every attempt ends, and Temporal makes the next one later. */
export function createUntilWorking({ tenants, suspendedLookMs = 10_000 }: SuspensionOptions) {
  return async (tenantId: string): Promise<void> => {
    if (!(await worksNow(tenants, tenantId))) {
      throw comeBack(new CodedError('TENANT_SUSPENDED'), suspendedLookMs);
    }
  };
}

/**
 * Waits until the tenant is working again, then returns how many milliseconds of the given time it was suspended, and
 * moves the approval's deadline by as much.
 */
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
