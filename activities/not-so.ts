import { CodedError } from '#domain/error.ts';
import { tenantOfWorkflowId } from '#domain/ids.ts';
import { nobody } from '#domain/person/nobody.ts';
import { installationTenant } from '#domain/tenant/tenant.ts';
import type { RecordEvent } from '#governance/record.ts';

/** What an activity is told is not so: it does nothing, and no repetition changes that. */
export function notSo(why: string): CodedError {
  return new CodedError('CALL_NOT_SO', { message: why });
}

/** The workflow that calls, as Temporal says; never as the call says. */
export interface CallingWorkflow {
  type: string;
  id: string;
}

/** A call that was refused because what it said was not so. */
export interface RefusedCall {
  activity: string;
  by: CallingWorkflow;
  why: string;
}

/** Puts a refused call on record, in the log of the tenant that the calling workflow's id names. */
export type TellNotSo = (call: RefusedCall) => Promise<void>;

const minuteMs = 60_000;

/**
 * Whoever reaches Temporal's port can make as many such calls as they like: one entry a minute for each activity and
 * reason is enough to see it. Nobody is named, since nobody knows who it was.
 */
export function createTellNotSo(options: { recordEvent: RecordEvent; now: () => Date }): TellNotSo {
  return async ({ activity, by, why }) => {
    const tenantId = tenantOfWorkflowId(by.id);
    if (tenantId === undefined || tenantId === installationTenant) return;
    await options.recordEvent(nobody(tenantId), {
      event: 'workflow.call_refused',
      detail: `${activity} called by ${by.type}: ${why}`.slice(0, 300),
      outcome: 'denied',
      metadata: { activity, workflow: by.id.slice(0, 200), error: 'CALL_NOT_SO' },
      dedupeKey: `not-so:${activity}:${why.slice(0, 100)}:${Math.floor(options.now().getTime() / minuteMs)}`,
    });
  };
}
