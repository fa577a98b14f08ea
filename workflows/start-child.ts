import { TypedSearchAttributes } from '@temporalio/common';
import { type ChildWorkflowHandle, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { WorkflowKind } from '#domain/search-attributes.ts';
import { shownKeys } from './visibility.ts';

interface ChildStart<Input> {
  tenantId: string;
  kind: WorkflowKind;
  workflowId: string;
  input: Input;
  /** Shown in Temporal UI; encrypted like every payload. */
  summary: string;
}

/**
 * The one way to start a child, as platform/temporal/start-workflow.ts is for all other workflows: found by tenant and
 * kind, taking turns with its tenant's other work, cancelled with its parent. The interceptor adds the headers.
 */
export function startChildOf<Input, Result>(
  child: (input: Input) => Promise<Result>,
  { tenantId, kind, workflowId, input, summary }: ChildStart<Input>,
): Promise<ChildWorkflowHandle<(input: Input) => Promise<Result>>> {
  return startChild(child, {
    workflowId,
    args: [input],
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: shownKeys.tenant, value: tenantId },
      { key: shownKeys.kind, value: kind },
      { key: shownKeys.state, value: 'pending' },
    ]),
    priority: { fairnessKey: tenantId },
    staticSummary: summary,
  });
}
