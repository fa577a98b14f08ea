import type { Caller } from './caller.ts';
import type { WorkflowKind } from './search-attributes.ts';

/** What differs between one start of a workflow and another. */
export interface WorkflowStart {
  /** The caller; its tenant is the tenant of the workflow. */
  caller: Caller;
  kind: WorkflowKind;
  /** The name of its function. */
  type: string;
  /** `<kind>:<tenant>:…` (ids.ts) */
  workflowId: string;
  taskQueue: string;
  input: object;
  /** Its state, for Temporal's lists; recurring work has none. */
  state?: string;
  /** What it is about, at most 200 characters: Temporal refuses more, encryption included. */
  summary?: string;
  /** What to do when it has ended already: run it `again`, or let its end stand. */
  whenEnded: 'again' | 'stands';
  /** It is ended after so many milliseconds; absent = never. */
  lastsMs?: number;
}
