import type { CallHeaders } from './call-headers.ts';
import type { WorkflowKind } from './search-attributes.ts';

/** All that has to be said to start a workflow; the rest is the same for each. */
export interface WorkflowStart {
  /** In whose name; its tenant is the workflow's. */
  caller: CallHeaders;
  kind: WorkflowKind;
  /** The name of its function. */
  type: string;
  /** `<kind>:<tenant>:…` (ids.ts) */
  workflowId: string;
  taskQueue: string;
  input: object;
  /** How far it is, for whoever lists workflows; work that comes round has none. */
  state?: string;
  /** What it is about, at most 200 characters: Temporal refuses more, encryption included. */
  summary?: string;
  /** What happens when it is started though it has ended: `again` it runs, or its end stands. */
  whenEnded: 'again' | 'stands';
  /** Milliseconds after which it is ended; absent = never. */
  lastsMs?: number;
}
