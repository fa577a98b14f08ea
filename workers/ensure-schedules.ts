import type { ConnectionLike } from '@temporalio/client';
import {
  auditCheckpointWorkflowId,
  reconcileWorkflowId,
  retentionWorkflowId,
  rewrapWorkflowId,
} from '#domain/ids.ts';
import type { WorkflowKind } from '#domain/search-attributes.ts';
import { installationTenant } from '#domain/tenant/tenant.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import { ensureSchedule } from '#platform/temporal/ensure-schedule.ts';
import { auditCheckpointWorkflowType } from '#workflows/messages/audit-checkpoint.ts';
import type { InstallationInput } from '#workflows/messages/installation.ts';
import { reconcileWorkflowType } from '#workflows/messages/reconcile.ts';
import { retentionWorkflowType } from '#workflows/messages/retention.ts';
import { rewrapWorkflowType } from '#workflows/messages/rewrap.ts';

/** Recurring work for the whole installation. */
interface Recurring {
  type: string;
  kind: WorkflowKind;
  workflowId: string;
  everyMs: number;
  /** How late a missed run is still made up for. */
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

/**
 * Every Schedule: a new one is a line here. Names and ids contain the task queue, which is different for each
 * installation.
 */
function recurring(taskQueue: string): readonly Recurring[] {
  const tenantId = installationTenant;
  return [
    {
      type: auditCheckpointWorkflowType,
      kind: 'audit-checkpoint',
      workflowId: auditCheckpointWorkflowId(tenantId, `${taskQueue}:every-minute`),
      everyMs: minute,
      catchUpMs: minute,
    },
    {
      type: retentionWorkflowType,
      kind: 'retention',
      workflowId: retentionWorkflowId(tenantId, `${taskQueue}:daily`),
      everyMs: day,
      catchUpMs: day,
    },
    {
      type: rewrapWorkflowType,
      kind: 'rewrap',
      workflowId: rewrapWorkflowId(tenantId, `${taskQueue}:every-ten-minutes`),
      everyMs: 10 * minute,
      catchUpMs: minute,
    },
    {
      type: reconcileWorkflowType,
      kind: 'reconcile',
      workflowId: reconcileWorkflowId(tenantId, `${taskQueue}:hourly`),
      everyMs: hour,
      catchUpMs: hour,
    },
  ];
}

/** Creates the Schedules that are missing; existing ones stay as they are. */
export async function ensureSchedules({ taskQueue, ...temporal }: ScheduleOptions): Promise<void> {
  const caller = { tenantId: installationTenant, actorId: 'schedule', traceId: 'schedule' };
  const input: InstallationInput = { tenantId: installationTenant };
  for (const { kind, type, workflowId, everyMs, catchUpMs } of recurring(taskQueue)) {
    await ensureSchedule(temporal, {
      scheduleId: `${taskQueue}:${kind}`,
      start: { caller, kind, type, workflowId, taskQueue, input, whenEnded: 'again' },
      everyMs,
      catchUpMs,
    });
  }
}
