import type { ConnectionLike } from '@temporalio/client';
import {
  auditCheckpointWorkflowId,
  reconcileWorkflowId,
  retentionWorkflowId,
  rewrapWorkflowId,
} from '#domain/ids.ts';
import { installationTenant } from '#domain/tenant/tenant.ts';
import { type UpkeepKind, upkeep, upkeepKinds } from '#domain/upkeep/upkeep.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import { type EnsuredSchedule, ensureSchedule } from '#platform/temporal/ensure-schedule.ts';
import { auditCheckpointWorkflowType } from '#workflows/messages/audit-checkpoint.ts';
import type { InstallationInput } from '#workflows/messages/installation.ts';
import { reconcileWorkflowType } from '#workflows/messages/reconcile.ts';
import { retentionWorkflowType } from '#workflows/messages/retention.ts';
import { rewrapWorkflowType } from '#workflows/messages/rewrap.ts';

/** What a Schedule starts. */
interface Recurring {
  type: string;
  workflowId: string;
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

/** A Schedule for each kind of upkeep. Names and ids contain the task queue, which is different for each installation. */
function recurring(taskQueue: string): Readonly<Record<UpkeepKind, Recurring>> {
  const tenantId = installationTenant;
  return {
    'audit-checkpoint': {
      type: auditCheckpointWorkflowType,
      workflowId: auditCheckpointWorkflowId(tenantId, `${taskQueue}:every-minute`),
      catchUpMs: minute,
    },
    retention: {
      type: retentionWorkflowType,
      workflowId: retentionWorkflowId(tenantId, `${taskQueue}:daily`),
      catchUpMs: 24 * hour,
    },
    rewrap: {
      type: rewrapWorkflowType,
      workflowId: rewrapWorkflowId(tenantId, `${taskQueue}:every-ten-minutes`),
      catchUpMs: minute,
    },
    reconcile: {
      type: reconcileWorkflowType,
      workflowId: reconcileWorkflowId(tenantId, `${taskQueue}:hourly`),
      catchUpMs: hour,
    },
  };
}

/** Makes the Schedules that are missing and mends the others where they need it; says what became of each. */
export async function ensureSchedules({
  taskQueue,
  ...temporal
}: ScheduleOptions): Promise<Map<string, EnsuredSchedule>> {
  const caller = { tenantId: installationTenant, actorId: 'schedule', traceId: 'schedule' };
  const input: InstallationInput = { tenantId: installationTenant };
  const ensured = new Map<string, EnsuredSchedule>();
  const all = recurring(taskQueue);
  for (const kind of upkeepKinds) {
    const { type, workflowId, catchUpMs } = all[kind];
    const scheduleId = `${taskQueue}:${kind}`;
    const became = await ensureSchedule(temporal, {
      scheduleId,
      start: { caller, kind, type, workflowId, taskQueue, input, whenEnded: 'again' },
      everyMs: upkeep[kind].everyMs,
      catchUpMs,
    });
    ensured.set(scheduleId, became);
  }
  return ensured;
}
