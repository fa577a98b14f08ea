import {
  type ConnectionLike,
  ScheduleAlreadyRunning,
  ScheduleClient,
  type ScheduleDescription,
  type ScheduleHandle,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ServiceError,
} from '@temporalio/client';
import { stated } from '#domain/caller.ts';
import type { WorkflowStart } from '#domain/workflow-start.ts';
import { canonicalJson } from '../crypto/canonical-json.ts';
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

/** What became of a Schedule. */
export type EnsuredSchedule = 'as it should be' | 'made' | 'mended';

/**
 * Makes the Schedule if it is missing, and makes one anew that is paused or isn't what it should be: whoever reaches
 * Temporal's port can delete, stop and change it.
 */
export async function ensureSchedule(
  { connection, namespace, envelope }: ScheduleConnection,
  recurring: RecurringStart,
): Promise<EnsuredSchedule> {
  const dataConverter = createDataConverter(envelope, { namespace });
  const client = new ScheduleClient({ connection, namespace, dataConverter });
  const handle = client.getHandle(recurring.scheduleId);
  let became: EnsuredSchedule = 'made';
  try {
    if (await isAsWanted(handle, recurring)) return 'as it should be';
    await handle.delete();
    became = 'mended';
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
  try {
    await client.create({ scheduleId: recurring.scheduleId, ...wantedOf(recurring) });
  } catch (error) {
    // Another worker was faster.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  return became;
}

/** What can't be read is not as wanted: the SDK refuses to describe an action that it doesn't know. */
async function isAsWanted(handle: ScheduleHandle, recurring: RecurringStart): Promise<boolean> {
  try {
    return isSame(await handle.describe(), recurring);
  } catch (error) {
    if (error instanceof ServiceError || error instanceof ScheduleNotFoundError) throw error;
    return false;
  }
}

function wantedOf({ start, everyMs, catchUpMs }: RecurringStart) {
  const { args, ...options } = startOptions(start);
  return {
    spec: { intervals: [{ every: everyMs }] },
    action: {
      type: 'startWorkflow',
      workflowType: start.type,
      ...options,
      args: stated(args, start.caller, `start ${start.type}`),
    },
    policies: { overlap: 'SKIP', catchupWindow: catchUpMs },
  } satisfies Omit<ScheduleOptions, 'scheduleId'>;
}

/** Compares what says when, what and whether it starts; arguments that don't open here are nothing, so they differ. */
function isSame(is: ScheduleDescription, recurring: RecurringStart): boolean {
  const { spec, action, policies } = wantedOf(recurring);
  const { start, everyMs, catchUpMs } = recurring;
  const when = is.spec;
  const says = {
    every: when.intervals?.map(({ every, offset }) => [every, offset ?? 0]),
    other: [when.calendars?.length ?? 0, when.skip?.length ?? 0, when.startAt, when.endAt, when.jitter ?? 0],
    action: [is.action.workflowType, is.action.workflowId, is.action.taskQueue, is.action.args ?? []],
    limits: [is.action.workflowRunTimeout ?? 0, is.action.workflowExecutionTimeout ?? 0],
    policies: [is.policies.overlap, is.policies.catchupWindow, is.policies.pauseOnFailure],
    state: [is.state.paused, is.state.remainingActions],
  };
  const should = {
    every: spec.intervals.map(() => [everyMs, 0]),
    other: [0, 0, undefined, undefined, 0],
    action: [action.workflowType, start.workflowId, start.taskQueue, action.args],
    limits: [0, 0],
    policies: [policies.overlap, catchUpMs, false],
    state: [false, undefined],
  };
  return comparable(says) === comparable(should);
}

function comparable(value: object): string {
  return canonicalJson(JSON.parse(JSON.stringify(value)));
}
