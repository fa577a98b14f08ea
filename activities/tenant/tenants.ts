import { Context } from '@temporalio/activity';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { CodedError } from '#domain/error.ts';
import { tenantOfWorkflowId, tenantWorkflowId } from '#domain/ids.ts';
import { searchAttributes } from '#domain/search-attributes.ts';
import type { TenantStatus } from '#domain/tenant/tenant.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import type { LegalHoldStore } from '#stores/person/legal-holds.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import type { TenantWorkInput } from '#workflows/messages/tenant.ts';
import { beating } from '../beating.ts';
import { comeBack } from '../come-back.ts';
import { notSo } from '../not-so.ts';

export interface TenantActivityOptions {
  tenants: TenantStore;
  legalHolds: Pick<LegalHoldStore, 'activeIds'>;
  temporal: Temporal;
  recordEvent: RecordEvent;
  /** Role, schema and tables; safe to repeat. */
  prepareDatabase(tenant: { id: string; name: string }): Promise<void>;
  /** Sessions, schema and role of a tenant whose deletion is due; safe to repeat. */
  dropDatabase(tenantId: string): Promise<void>;
  giveKeys(tenantId: string): Promise<void>;
  /** Can't be undone. */
  destroyKeys(tenantId: string): Promise<void>;
  givePolicies(tenantId: string): Promise<void>;
}

/** How long a deletion still has to wait; `off`: it was called off, or is done. */
export type DeletionDue = { kind: 'off' } | { kind: 'deleting'; waitMs: number };

const lookAgainMs = 2_000;
/** How often to look again while a legal hold stops a deletion: holds last for months. */
const heldLookAgainMs = 3_600_000;

/**
 * Creates and deletes tenants. Only a worker with the administrator's rights on the database serves these activities.
 */
export function createTenantActivities(options: TenantActivityOptions) {
  const { tenants, legalHolds, temporal, recordEvent } = options;
  const tenantOf = async (id: string) => {
    const tenant = await tenants.read(id);
    if (tenant === undefined) throw new CodedError('tenant_not_found');
    return tenant;
  };
  /** Throws when the tenant is not being made now, nor has just been. */
  const beingMade = async (id: string, orAlready?: TenantStatus) => {
    const tenant = await tenantOf(id);
    if (tenant.status !== 'provisioning' && tenant.status !== orAlready)
      throw notSo(`the tenant is not being made: it is ${tenant.status}`);
    return tenant;
  };
  /** Once this has been true, the deletion can't be called off. Waits for legal holds to be released. */
  const mayDestroy = async (id: string): Promise<boolean> => {
    const waitMs = await tenants.deletionWaitMs(id);
    if (waitMs === undefined || waitMs > 0) return false;
    const holds = await legalHolds.activeIds(id);
    if (holds.length > 0) throw comeBack(new CodedError('TENANT_HELD'), heldLookAgainMs);
    return tenants.beginDestroying(id);
  };
  /** Each step checks for itself: a stranger at the Temporal port can answer in place of an earlier step. */
  const refuseUnlessDue = async (id: string) => {
    if (!(await mayDestroy(id))) throw new CodedError('TENANT_NOT_READY');
  };
  return {
    prepareTenantDatabase: beating(async (id: string) => options.prepareDatabase(await beingMade(id))),
    giveTenantKeys: beating(async (id: string) => options.giveKeys((await beingMade(id)).id)),
    giveTenantPolicies: beating(async (id: string) => options.givePolicies((await beingMade(id)).id)),
    openTenant: beating(async ({ tenantId, operator }: TenantWorkInput) => {
      await beingMade(tenantId, 'active');
      await recordEvent(operator, {
        event: 'tenant.provisioned',
        detail: `tenant ${tenantId}`,
        outcome: 'success',
        metadata: { tenant: tenantId },
        dedupeKey: `tenant-provisioned:${tenantId}`,
      });
      await tenants.step(tenantId, { from: ['provisioning'], to: 'active' });
    }),

    deletionDue: beating(async (id: string): Promise<DeletionDue> => {
      const waitMs = await tenants.deletionWaitMs(id);
      return waitMs === undefined ? { kind: 'off' } : { kind: 'deleting', waitMs };
    }),
    /** False when the deletion was called off, or put off while a legal hold stopped it. */
    beginTenantDestruction: beating(mayDestroy),
    dropTenantSchedules: beating(async (id: string) => {
      await refuseUnlessDue(id);
      await dropSchedules(temporal.client, id);
    }),
    endTenantWorkflows: beating(async (id: string) => {
      await refuseUnlessDue(id);
      const ended = await endWorkflows(temporal, id);
      // Temporal's lists lag behind: we are done when a later look finds nothing.
      if (ended > 0) throw comeBack(new CodedError('TENANT_NOT_READY'), lookAgainMs);
    }),
    destroyTenantKeys: beating(async (id: string) => {
      await refuseUnlessDue(id);
      await options.destroyKeys(id);
    }),
    dropTenantDatabase: beating(async (id: string) => {
      await refuseUnlessDue(id);
      await options.dropDatabase(id);
    }),
    closeTenant: beating(async ({ tenantId, operator }: TenantWorkInput) => {
      // Once closed, an attempt of which nobody heard is made again.
      if ((await tenantOf(tenantId)).status !== 'deleted') await refuseUnlessDue(tenantId);
      await recordEvent(operator, {
        event: 'tenant.deleted',
        detail: `tenant ${tenantId}`,
        outcome: 'success',
        metadata: { tenant: tenantId },
        dedupeKey: `tenant-deleted:${tenantId}`,
      });
      await tenants.step(tenantId, { from: ['deleting'], to: 'deleted' });
    }),
  };
}

export type TenantActivities = ReturnType<typeof createTenantActivities>;

async function dropSchedules(client: Client, tenantId: string): Promise<void> {
  for await (const { scheduleId } of client.schedule.list()) {
    if (tenantOfWorkflowId(scheduleId) === tenantId) await client.schedule.getHandle(scheduleId).delete();
  }
}

async function endWorkflows(temporal: Temporal, tenantId: string): Promise<number> {
  const caller = { tenantId, actorId: 'openclaw-setup', traceId: tenantWorkflowId(tenantId, 'delete') };
  // A tenant id contains no quote (domain/ids.ts).
  const query = `${searchAttributes.tenant} = "${tenantId}" AND ExecutionStatus = "Running"`;
  return temporal.as(caller, async (client) => {
    let ended = 0;
    for await (const { workflowId } of client.workflow.list({ query })) {
      Context.current().heartbeat();
      if (workflowId === caller.traceId || tenantOfWorkflowId(workflowId) !== tenantId) continue;
      ended += 1;
      await client.workflow
        .getHandle(workflowId)
        .terminate('its tenant is deleted')
        .catch((error: unknown) => {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        });
    }
    return ended;
  });
}
