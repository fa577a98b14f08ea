import { type Client, type WorkflowExecutionInfo, WorkflowNotFoundError } from '@temporalio/client';
import { isId, requestWorkflowId } from '#domain/ids.ts';
import { searchAttributes, type WorkflowKind } from '#domain/search-attributes.ts';
import type { ClosedWorkflow, RequestWorkflows } from '#governance/upkeep/reconcile-workflows.ts';

const pageSize = 1_000;
const kind: WorkflowKind = 'request';

/** Temporal's lists of request workflows on one task queue; those of other installations don't concern us. */
export function createRequestWorkflows(client: Client, taskQueue: string): RequestWorkflows {
  const list = (tenantId: string, where: string) => {
    const ours = [
      `TaskQueue = '${taskQueue}'`,
      `${searchAttributes.tenant} = '${tenantId}'`,
      `${searchAttributes.kind} = '${kind}'`,
    ];
    return client.workflow.list({ query: [...ours, where].join(' AND '), pageSize });
  };
  return {
    async *closed(tenantId, { after, before }) {
      const when = `CloseTime >= '${after}' AND CloseTime < '${before}'`;
      for await (const { workflowId, status } of list(tenantId, when)) {
        const ending = endingOf(status.name);
        const requestId = requestIdOf(tenantId, workflowId);
        if (ending !== undefined && requestId !== undefined) yield { requestId, ending };
      }
    },
    async *running(tenantId, before) {
      const when = `ExecutionStatus = 'Running' AND StartTime < '${before}'`;
      for await (const { workflowId } of list(tenantId, when)) {
        const requestId = requestIdOf(tenantId, workflowId);
        if (requestId !== undefined) yield requestId;
      }
    },
    async isRunning(tenantId, requestId) {
      try {
        const handle = client.workflow.getHandle(requestWorkflowId(tenantId, requestId));
        return endingOf((await handle.describe()).status.name) === undefined;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    },
  };
}

type Status = WorkflowExecutionInfo['status']['name'];

const endings: Readonly<Partial<Record<Status, ClosedWorkflow['ending']>>> = {
  COMPLETED: 'completed',
  FAILED: 'broken',
  CANCELLED: 'broken',
  TERMINATED: 'broken',
  TIMED_OUT: 'broken',
};

/** `undefined` while it runs, and for one that continued as new. */
function endingOf(status: Status): ClosedWorkflow['ending'] | undefined {
  return endings[status];
}

function requestIdOf(tenantId: string, workflowId: string): string | undefined {
  const start = requestWorkflowId(tenantId, '');
  const id = workflowId.slice(start.length);
  return workflowId.startsWith(start) && isId('request', id) ? id : undefined;
}
