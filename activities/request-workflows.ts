import { type Client, type WorkflowExecutionInfo, WorkflowNotFoundError } from '@temporalio/client';
import { isId, requestWorkflowId } from '#domain/ids.ts';
import { searchAttributes, type WorkflowKind } from '#domain/search-attributes.ts';
import type { ClosedWorkflow, RequestWorkflows } from '#governance/reconcile-workflows.ts';

const pageSize = 1_000;
const kind: WorkflowKind = 'request';

/** What Temporal says of requests' workflows on one task queue: those of other installations are none of ours. */
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

function endingOf(status: WorkflowExecutionInfo['status']['name']): ClosedWorkflow['ending'] | undefined {
  switch (status) {
    case 'COMPLETED':
      return 'completed';
    case 'FAILED':
    case 'CANCELLED':
    case 'TERMINATED':
    case 'TIMED_OUT':
      return 'broken';
    default:
      return undefined;
  }
}

function requestIdOf(tenantId: string, workflowId: string): string | undefined {
  const start = requestWorkflowId(tenantId, '');
  const id = workflowId.slice(start.length);
  return workflowId.startsWith(start) && isId('request', id) ? id : undefined;
}
