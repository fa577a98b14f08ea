import { defineQuery } from '@temporalio/workflow';

export const rewrapWorkflowType = 'rewrap';

/** What one step of `rewrap` did; the next step begins at `next`. */
export interface RewrapStep {
  rewrapped: number;
  unreadable: number;
  next: string | null;
}

/** How far a run of `rewrap` has come. */
export interface RewrapProgress {
  rewrapped: number;
  /** Keys whose master key is no longer there. */
  unreadable: number;
  isDone: boolean;
}

export const rewrapProgress = defineQuery<RewrapProgress>('rewrapProgress');
