import { randomUUID } from 'node:crypto';
import type { Connection } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import { eventually } from './eventually.ts';

const namespace = 'default';
const { CommandType } = proto.temporal.api.enums.v1;

/** An activity of ours as a foreign workflow has it scheduled: everything in it is the attacker's choice. */
export interface ForeignCall {
  activity: string;
  /** Unique in its workflow. */
  activityId: string;
  input: readonly Payload[];
  headers?: Readonly<Record<string, Payload>>;
}

interface ForeignWorkflow {
  connection: Connection;
  /** Any type and any id that no running workflow has, those of ours too. */
  type: string;
  id: string;
  /** The task queue of the worker that serves the activities. */
  taskQueue: string;
  calls: readonly ForeignCall[];
}

/**
 * A workflow of somebody who reaches Temporal's port, by the wire alone: it schedules these activities on our queue. How
 * each ended: `done`, or the type of its failure.
 */
export async function runForeign(foreign: ForeignWorkflow): Promise<Map<string, string>> {
  const { connection, type, id, taskQueue, calls } = foreign;
  const service = connection.workflowService;
  const own = { name: `foreign-${randomUUID()}` };
  const identity = 'somebody';
  const { runId } = await service.startWorkflowExecution({
    namespace,
    workflowId: id,
    workflowType: { name: type },
    taskQueue: own,
    requestId: randomUUID(),
    identity,
    workflowExecutionTimeout: msToTs(60_000),
  });
  const { taskToken } = await connection.withDeadline(Date.now() + 20_000, () =>
    service.pollWorkflowTaskQueue({ namespace, taskQueue: own, identity }),
  );
  await service.respondWorkflowTaskCompleted({
    namespace,
    taskToken,
    identity,
    commands: calls.map(({ activity, activityId, input, headers = {} }) => ({
      commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
      scheduleActivityTaskCommandAttributes: {
        activityId,
        activityType: { name: activity },
        taskQueue: { name: taskQueue },
        header: { fields: { ...headers } },
        input: { payloads: [...input] },
        scheduleToCloseTimeout: msToTs(30_000),
        startToCloseTimeout: msToTs(20_000),
        retryPolicy: { maximumAttempts: 1 },
      },
    })),
  });
  const execution = { workflowId: id, runId };
  const ended = await eventually(
    () => endings(connection, execution),
    (all) => all.size === calls.length,
  );
  await service.terminateWorkflowExecution({ namespace, workflowExecution: execution, reason: 'seen' });
  return ended;
}

async function endings(
  { workflowService }: Connection,
  execution: { workflowId: string; runId: string },
): Promise<Map<string, string>> {
  const { history } = await workflowService.getWorkflowExecutionHistory({
    namespace,
    execution,
    maximumPageSize: 1_000,
  });
  const ids = new Map<string, string>();
  const ended = new Map<string, string>();
  for (const event of history?.events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) ids.set(String(event.eventId), scheduled.activityId ?? '');
    const done = event.activityTaskCompletedEventAttributes;
    const failed = event.activityTaskFailedEventAttributes;
    const late = event.activityTaskTimedOutEventAttributes;
    const of = done ?? failed ?? late;
    const activityId = of && ids.get(String(of.scheduledEventId));
    if (!activityId) continue;
    const why = failed?.failure?.applicationFailureInfo?.type ?? 'no type';
    ended.set(activityId, done ? 'done' : late ? 'timed out' : why);
  }
  return ended;
}

/** Payloads of the calls of one workflow's activities, as they lie sealed in its history: activity → input. */
export async function capturedFrom(
  { workflowService }: Connection,
  workflowId: string,
): Promise<{ activity: string; activityId: string; input: Payload[] }[]> {
  const { history } = await workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
    maximumPageSize: 1_000,
  });
  return (history?.events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled
      ? [
          {
            activity: scheduled.activityType?.name ?? '',
            activityId: scheduled.activityId ?? '',
            input: (scheduled.input?.payloads ?? []).map(({ metadata, data }) => ({
              metadata: metadata ?? {},
              data: data ?? new Uint8Array(),
            })),
          },
        ]
      : [],
  );
}
