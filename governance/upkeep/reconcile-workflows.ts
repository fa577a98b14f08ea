import type { Gap, GapSpan } from '#stores/audit/gap.ts';
import type { GapStore } from '#stores/audit/gaps.ts';
import { createRecordGaps } from './record-gaps.ts';

const dayMs = 86_400_000;
const batch = 500;
const most = 500;

/** How the workflow of a request ended: by itself, or failed, cancelled, terminated or timed out. */
export interface ClosedWorkflow {
  requestId: string;
  ending: 'completed' | 'broken';
}

/** What Temporal says of the workflows of requests. Its lists may lag by seconds. */
export interface RequestWorkflows {
  /** Those that closed in this span. */
  closed(tenantId: string, span: GapSpan): AsyncIterable<ClosedWorkflow>;
  /** Request ids of those that started before then (ISO 8601) and run. */
  running(tenantId: string, before: string): AsyncIterable<string>;
  /** Does the newest one of a request run? `undefined` when none is known any more. Never lags. */
  isRunning(tenantId: string, requestId: string): Promise<boolean | undefined>;
}

/**
 * Compares Temporal's word with the rows of requests and puts each gap on record, once; returns what is new. Whatever
 * `workflows` throws is no gap: the next round looks again.
 */
export type ReconcileWorkflows = (
  tenantId: string,
  workflows: RequestWorkflows,
  beat: () => void,
) => Promise<readonly Gap[]>;

interface ReconcileWorkflowsOptions {
  gaps: Pick<GapStore, 'requestRows' | 'record'>;
  now: () => Date;
  /** Milliseconds for which row and workflow may disagree: the sweeper and running activities mend that. */
  settledAfterMs: number;
  /** Days of closed workflows that are looked at. Default 3. */
  days?: number;
}

export function createReconcileWorkflows(options: ReconcileWorkflowsOptions): ReconcileWorkflows {
  const { gaps, now, settledAfterMs, days = 3 } = options;
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
      before: new Date(at - settledAfterMs).toISOString(),
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

/** A list may be late, and a request may have been taken up again since. */
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
