import { type AnyOf, get, post } from '../call.ts';
import type { ApprovalDecision, ApprovalList, ApprovalQuery, ApprovalView } from './approval.schema.ts';

export const listApprovals = get('/api/v1/approvals')<{
  query: AnyOf<ApprovalQuery>;
  answer: ApprovalList;
}>();
export const getApproval = get('/api/v1/approvals/:id')<{ answer: ApprovalView }>();
export const postDecision = post('/api/v1/approvals/:id/decision')<{
  body: ApprovalDecision;
  answer: ApprovalView;
}>();
