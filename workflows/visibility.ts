import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { RequestState } from '#domain/request/request.ts';
import { searchAttributes, type WorkflowKind } from '#domain/search-attributes.ts';

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
const tenant = keyword(searchAttributes.tenant);
const kind = keyword(searchAttributes.kind);
const state = keyword(searchAttributes.state);

/** Shows the state to whoever lists workflows; lists for people come from our own read models. */
export function showState(value: RequestState | 'approved'): void {
  upsertSearchAttributes([{ key: state, value }]);
}

/** How a child appears in Temporal UI: the words are encrypted like every payload. */
export function childAppearance(tenantId: string, childKind: WorkflowKind, summary: string) {
  return {
    typedSearchAttributes: new TypedSearchAttributes([
      { key: tenant, value: tenantId },
      { key: kind, value: childKind },
      { key: state, value: 'pending' },
    ]),
    staticSummary: summary,
  };
}
