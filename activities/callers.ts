import {
  approvalWorkflowId,
  auditCheckpointWorkflowId,
  erasureWorkflowId,
  reconcileWorkflowId,
  requestWorkflowId,
  retentionWorkflowId,
  rewrapWorkflowId,
  tenantWorkflowId,
} from '#domain/ids.ts';
import { installationTenant } from '#domain/tenant/tenant.ts';
import type { Activities } from './index.ts';
import type { CallingWorkflow } from './not-so.ts';
import type { TenantActivities } from './tenant/tenants.ts';
import type { RewrapKeys } from './upkeep/rewrap.ts';

type All = Activities & TenantActivities & { rewrapKeys: RewrapKeys };

/** Types of workflows that may call it; for each, the id that a workflow has which is told this. */
type CallersOf<Name extends keyof All> = Readonly<Record<string, (...told: Parameters<All[Name]>) => string>>;

const made = (id: string) => tenantWorkflowId(id, 'create');
const ended = (id: string) => tenantWorkflowId(id, 'delete');

/**
 * Which workflow may call which activity, with what. An id that ends with a colon is the beginning of one. Whoever reaches
 * Temporal's port can schedule every activity from a workflow of their own, with whatever was sealed for another.
 */
const callers: { readonly [Name in keyof All]: CallersOf<Name> } = {
  plan: { request: (actor, requestId) => requestWorkflowId(actor.tenantId, requestId) },
  act: { request: ({ actor, requestId }) => requestWorkflowId(actor.tenantId, requestId) },
  countVote: {
    approval: ({ tenantId, approvalId, round }) => approvalWorkflowId(tenantId, approvalId, round),
  },
  expireApproval: {
    approval: (_requester, { tenantId, approvalId, round }) =>
      approvalWorkflowId(tenantId, approvalId, round),
  },
  recordResolution: {
    request: ({ tenantId }, { claims }) => requestWorkflowId(tenantId, claims.requestId),
  },
  expireResolution: {
    request: ({ tenantId }, { requestId }) => requestWorkflowId(tenantId, requestId),
  },
  untilWorking: { request: (tenantId) => requestWorkflowId(tenantId, '') },
  stoodStill: {
    approval: ({ tenantId, approvalId }) => `approval:${tenantId}:${approvalId}:`,
    request: ({ tenantId, approvalId }) => (approvalId === null ? requestWorkflowId(tenantId, '') : ''),
  },
  auditCheckpoint: { auditCheckpoint: ({ tenantId }) => auditCheckpointWorkflowId(tenantId, '') },
  erasePerson: { erasure: ({ admin, erasureId }) => erasureWorkflowId(admin.tenantId, erasureId) },
  keepRetention: { retention: () => retentionWorkflowId(installationTenant, '') },
  reconcileLedger: { reconcile: () => reconcileWorkflowId(installationTenant, '') },
  rewrapKeys: { rewrap: () => rewrapWorkflowId(installationTenant, '') },
  prepareTenantDatabase: { createTenant: made },
  giveTenantKeys: { createTenant: made },
  giveTenantPolicies: { createTenant: made },
  openTenant: { createTenant: ({ tenantId }) => made(tenantId) },
  deletionDue: { deleteTenant: ended },
  beginTenantDestruction: { deleteTenant: ended },
  dropTenantSchedules: { deleteTenant: ended },
  endTenantWorkflows: { deleteTenant: ended },
  destroyTenantKeys: { deleteTenant: ended },
  dropTenantDatabase: { deleteTenant: ended },
  closeTenant: { deleteTenant: ({ tenantId }) => ended(tenantId) },
};

/** May this workflow call this activity, and tell it this? */
export function mayCall(activity: string, by: CallingWorkflow, told: readonly unknown[]): boolean {
  const table: Readonly<Record<string, Readonly<Record<string, (...told: never[]) => string>>>> = callers;
  const idOf = Object.hasOwn(table, activity) ? table[activity] : undefined;
  const named = idOf !== undefined && Object.hasOwn(idOf, by.type) ? idOf[by.type] : undefined;
  if (named === undefined) return false;
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is told may be anything: then it throws
    const id = named(...(told as never[]));
    return id.endsWith(':') ? by.id.startsWith(id) && by.id.length > id.length : id === by.id;
  } catch {
    return false;
  }
}

/** Names of all activities that a workflow may call, with the types of the workflows. */
export function callersByActivity(): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(callers).map(([name, by]) => [name, Object.keys(by)]));
}
