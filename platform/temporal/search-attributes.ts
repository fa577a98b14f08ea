import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { searchAttributes, type WorkflowKind } from '#domain/search-attributes.ts';

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
const tenant = keyword(searchAttributes.tenant);
const kind = keyword(searchAttributes.kind);
const state = keyword(searchAttributes.state);

/** Search attributes of a workflow that is started from outside; without a state for recurring work, which has none. */
export function startedAs(
  workflowKind: WorkflowKind,
  tenantId: string,
  shown?: string,
): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: tenant, value: tenantId },
    { key: kind, value: workflowKind },
    ...(shown === undefined ? [] : [{ key: state, value: shown }]),
  ]);
}
