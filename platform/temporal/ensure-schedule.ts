import { type ConnectionLike, ScheduleAlreadyRunning, ScheduleClient } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { toHeaders } from '#domain/call-headers.ts';
import type { WorkflowStart } from '#domain/workflow-start.ts';
import type { Envelope } from '../crypto/envelope.ts';
import { createDataConverter } from './data-converter.ts';
import { startOptions } from './start-workflow.ts';

interface ScheduleConnection {
  connection: ConnectionLike;
  namespace: string;
  envelope: Envelope;
}

/** A workflow that Temporal starts regularly. */
export interface RecurringStart {
  scheduleId: string;
  /** Started only once the previous run has ended, whatever `whenEnded` says. */
  start: WorkflowStart;
  everyMs: number;
  /** How late a run that was missed is still made up for. */
  catchUpMs: number;
}

/** Creates the Schedule if it is missing; an existing one stays as it is. */
export async function ensureSchedule(
  { connection, namespace, envelope }: ScheduleConnection,
  { scheduleId, start, everyMs, catchUpMs }: RecurringStart,
): Promise<void> {
  const headers = toHeaders(start.caller, (text) => defaultPayloadConverter.toPayload(text));
  const client = new ScheduleClient({
    connection,
    namespace,
    dataConverter: createDataConverter(envelope),
    interceptors: [
      { create: (input, next) => next({ ...input, headers: { ...input.headers, ...headers } }) },
    ],
  });
  try {
    await client.create({
      scheduleId,
      spec: { intervals: [{ every: everyMs }] },
      action: { type: 'startWorkflow', workflowType: start.type, ...startOptions(start) },
      policies: { overlap: 'SKIP', catchupWindow: catchUpMs },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
