import type { Gap, GapSpan } from '#stores/audit/gap.ts';
import type { GapStore } from '#stores/audit/gaps.ts';
import { createRecordGaps } from './record-gaps.ts';

const dayMs = 86_400_000;
const batch = 500;
const most = 500;

/** How the workflow of a request ended: completed, or failed, cancelled, terminated or timed out. */
export interface ClosedWorkflow {
  requestId: string;
  ending: 'completed' | 'broken';
}

/** The workflows of requests, as Temporal lists them. Its lists may lag by seconds. */
export interface RequestWorkflows {
  /** Those that closed in this time. */
  closed(tenantId: string, span: GapSpan): AsyncIterable<ClosedWorkflow>;
  /** Request ids of running ones that started before this time (ISO 8601). */
  running(tenantId: string, before: string): AsyncIterable<string>;
  /** Is the newest workflow of a request running? `undefined` when Temporal has forgotten it. Never lags. */
  isRunning(tenantId: string, requestId: string): Promise<boolean | undefined>;
}

/**
 * Compares Temporal's lists with the rows of requests and records each gap once; returns the new ones. Whatever
 * `workflows` throws is no gap: the next run looks again.
 */
export type ReconcileWorkflows = (
  tenantId: string,
  workflows: RequestWorkflows,
  beat: () => void,
) => Promise<readonly Gap[]>;

interface ReconcileWorkflowsOptions {
  gaps: Pick<GapStore, 'requestRows' | 'record' | 'unrecorded'>;
  now: () => Date;
  /** For so many milliseconds row and workflow may differ: the sweeper and running activities mend that. */
  overdueAfterMs: number;
  /** How many days of closed workflows to look at. Default 3. */
  days?: number;
}

export function createReconcileWorkflows(options: ReconcileWorkflowsOptions): ReconcileWorkflows {
  const { gaps, now, overdueAfterMs, days = 3 } = options;
  const recordGaps = createRecordGaps({ gaps, now });

  async function* amongClosed(tenantId: string, workflows: RequestWorkflows, span: GapSpan) {
    for await (const some of inBatches(workflows.closed(tenantId, span))) {
      const rows = await gaps.requestRows(
        tenantId,
        some.map(({ requestId }) => requestId),
      );
      for (const { requestId, ending } of some) {
        const row = rows.get(requestId);
        if (row === undefined) yield { kind: 'workflow_without_request', ref: requestId } as const;
        else if (!row.final && row.updatedAt < span.before) {
          const kind = ending === 'completed' ? 'workflow_done_request_open' : 'workflow_broken_request_open';
          yield { kind, ref: requestId } as const;
        }
      }
    }
  }

  async function* amongRunning(tenantId: string, workflows: RequestWorkflows, before: string) {
    for await (const some of inBatches(workflows.running(tenantId, before))) {
      const rows = await gaps.requestRows(tenantId, some);
      for (const ref of some) {
        const row = rows.get(ref);
        if (row === undefined) yield { kind: 'workflow_without_request', ref } as const;
        else if (row.final && row.updatedAt < before)
          yield { kind: 'request_done_workflow_running', ref } as const;
      }
    }
  }

  return async (tenantId, workflows, beat) => {
    const at = now().getTime();
    const span = {
      after: new Date(at - days * dayMs).toISOString(),
      before: new Date(at - overdueAfterMs).toISOString(),
    };
    const found = new Map<string, Gap>();
    const suspects = [amongClosed(tenantId, workflows, span), amongRunning(tenantId, workflows, span.before)];
    for (const each of suspects) {
      for await (const gap of each) {
        beat();
        if (found.size >= most || found.has(keyOf(gap))) continue;
        if (await isStillSo(gap, tenantId, workflows)) found.set(keyOf(gap), gap);
      }
    }
    return recordGaps(tenantId, [...found.values()]);
  };
}

/** The list may be late, and the request may have been started again since. */
async function isStillSo(
  { kind, ref }: Gap,
  tenantId: string,
  workflows: RequestWorkflows,
): Promise<boolean> {
  if (kind === 'workflow_without_request') return true;
  const running = await workflows.isRunning(tenantId, ref);
  return kind === 'request_done_workflow_running' ? running === true : running === false;
}

function keyOf({ kind, ref }: Gap): string {
  return `${kind} ${ref}`;
}

async function* inBatches<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let some: Item[] = [];
  for await (const item of items) {
    some.push(item);
    if (some.length < batch) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}
