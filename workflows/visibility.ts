import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { RequestState } from '#domain/request/request.ts';
import { searchAttributes } from '#domain/search-attributes.ts';

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);

export const shownKeys = {
  tenant: keyword(searchAttributes.tenant),
  kind: keyword(searchAttributes.kind),
  state: keyword(searchAttributes.state),
};

/** Shows the state in Temporal's lists; what people see in our own lists comes from our read models. */
export function showState(value: RequestState | 'approved'): void {
  upsertSearchAttributes([{ key: shownKeys.state, value }]);
}
