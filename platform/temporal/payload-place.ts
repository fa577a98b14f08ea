import type { Payload, SerializationContext } from '@temporalio/common';

/** Where a payload lies. */
export interface Place {
  workflowId: string;
  /** What the payload states, and is bound to. */
  text: string;
}

/** Which of how many payloads: so an argument is no result, and none is left out, added or put elsewhere. */
interface Position {
  index: number;
  of: number;
}

/**
 * The workflow, within it the activity, and the position. The SDK tells it on every path that we use (proven in
 * test/platform/temporal/serialization-context.test.ts); `undefined` where it doesn't. An activity is named by its id, which
 * counts within one workflow; its type is in the statement of its call.
 */
export function placeIn(
  context: SerializationContext | undefined,
  { index, of }: Position,
): Place | undefined {
  const workflowId = context?.workflowId;
  if (context === undefined || workflowId === undefined) return undefined;
  const activityId = context.type === 'activity' ? (context.activityId ?? '') : null;
  const named = activityId === null ? workflowId.replace(timeOfSchedule, '') : workflowId;
  return { workflowId, text: JSON.stringify([named, activityId, index, of]) };
}

/** A Schedule appends the time to the id that the start arguments were sealed for. */
const timeOfSchedule = /-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** The place that a payload says it was sealed for; `undefined` for one from before they were bound. */
export function statedPlace({ metadata }: Payload): string | undefined {
  const place = metadata?.['place'];
  return place && Buffer.from(place).toString();
}
