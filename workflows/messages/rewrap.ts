import { defineQuery } from '@temporalio/workflow';

export const rewrapWorkflowType = 'rewrap';

/** What one step of `rewrap` did; `next` is where the next one begins. */
export interface RewrapStep {
  rewrapped: number;
  unreadable: number;
  next: string | null;
}

/** How far a round of `rewrap` is. */
export interface RewrapProgress {
  rewrapped: number;
  /** Keys whose master key isn't there any more. */
  unreadable: number;
  isDone: boolean;
}

export const rewrapProgress = defineQuery<RewrapProgress>('rewrapProgress');
