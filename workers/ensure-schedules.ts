import { type ConnectionLike, ScheduleAlreadyRunning, ScheduleClient } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { toHeaders } from '#domain/call-headers.ts';
import {
  auditCheckpointWorkflowId,
  reconcileWorkflowId,
  retentionWorkflowId,
  rewrapWorkflowId,
} from '#domain/ids.ts';
import type { WorkflowKind } from '#domain/search-attributes.ts';
import { installationTenant } from '#domain/tenant/tenant.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import { createDataConverter } from '#platform/temporal/data-converter.ts';
import { startedAs } from '#platform/temporal/search-attributes.ts';
import { auditCheckpointWorkflowType } from '#workflows/messages/audit-checkpoint.ts';
import { reconcileWorkflowType } from '#workflows/messages/reconcile.ts';
import { retentionWorkflowType } from '#workflows/messages/retention.ts';
import { rewrapWorkflowType } from '#workflows/messages/rewrap.ts';

/** Work that comes round for the whole installation. */
interface Recurring {
  name: string;
  workflowType: string;
  kind: WorkflowKind;
  workflowId: string;
  input: object;
  everyMs: number;
  /** How late a run that was missed is still made up for. */
  catchUpMs: number;
}

interface ScheduleOptions {
  connection: ConnectionLike;
  namespace: string;
  taskQueue: string;
  envelope: Envelope;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Every Schedule there is: a new one is a line here. Names and ids carry the task queue, which is the installation's. */
function recurring(taskQueue: string): readonly Recurring[] {
  const tenantId = installationTenant;
  return [
    {
      name: 'audit-checkpoint',
      workflowType: auditCheckpointWorkflowType,
      kind: 'audit-checkpoint',
      workflowId: auditCheckpointWorkflowId(tenantId, `${taskQueue}:every-minute`),
      input: { tenantId },
      everyMs: minute,
      catchUpMs: minute,
    },
    {
      name: 'retention',
      workflowType: retentionWorkflowType,
      kind: 'retention',
      workflowId: retentionWorkflowId(tenantId, `${taskQueue}:daily`),
      input: { tenantId },
      everyMs: day,
      catchUpMs: day,
    },
    {
      name: 'rewrap',
      workflowType: rewrapWorkflowType,
      kind: 'rewrap',
      workflowId: rewrapWorkflowId(tenantId, `${taskQueue}:every-ten-minutes`),
      input: { tenantId },
      everyMs: 10 * minute,
      catchUpMs: minute,
    },
    {
      name: 'reconcile',
      workflowType: reconcileWorkflowType,
      kind: 'reconcile',
      workflowId: reconcileWorkflowId(tenantId, `${taskQueue}:hourly`),
      input: { tenantId },
      everyMs: hour,
      catchUpMs: hour,
    },
  ];
}

/** Makes the Schedules that are missing; those that are there stay as they are. */
export async function ensureSchedules({
  connection,
  namespace,
  taskQueue,
  envelope,
}: ScheduleOptions): Promise<void> {
  const caller = { tenantId: installationTenant, actorId: 'schedule', traceId: 'schedule' };
  const headers = toHeaders(caller, (text) => defaultPayloadConverter.toPayload(text));
  const client = new ScheduleClient({
    connection,
    namespace,
    dataConverter: createDataConverter(envelope),
    interceptors: [
      { create: (input, next) => next({ ...input, headers: { ...input.headers, ...headers } }) },
    ],
  });
  for (const work of recurring(taskQueue)) {
    try {
      await client.create({
        scheduleId: `${taskQueue}:${work.name}`,
        spec: { intervals: [{ every: work.everyMs }] },
        action: {
          type: 'startWorkflow',
          workflowType: work.workflowType,
          workflowId: work.workflowId,
          taskQueue,
          args: [work.input],
          typedSearchAttributes: startedAs(work.kind, installationTenant),
        },
        policies: { overlap: 'SKIP', catchupWindow: work.catchUpMs },
      });
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    }
  }
}
