import { approvalDecision, approvalList, approvalView } from '#domain/approval/approval.schema.ts';
import { getApproval, listApprovals, postDecision } from '#domain/approval/calls.ts';
import { answers, type Recording } from '../../support/recorded-gateway.ts';
import { type OnRecord, recordedNow } from './on-record.ts';

export function approvalAnswers(record: OnRecord): Recording[] {
  const named = (id: string) => record.approvals.find((one) => one.id === id);
  return [
    answers(listApprovals, ({ query: { state } }) => {
      const approvals = record.approvals.filter((one) => state === undefined || one.state === state);
      return { body: approvalList.parse({ approvals }) };
    }),
    answers(getApproval, ({ params: { id } }) => {
      const approval = named(id);
      return approval && { body: approval };
    }),
    answers(postDecision, ({ params: { id }, body }) => {
      const approval = named(id);
      if (approval === undefined || record.who === undefined) return undefined;
      const { decision, digest, reason } = approvalDecision.parse(body);
      if (digest !== approval.digest) throw new Error('another digest');
      const decided = approvalView.parse({
        ...approval,
        state: decision === 'approve' ? 'approved' : 'rejected',
        may_decide: false,
        decided_at: recordedNow,
        decided_by: { user_id: record.who.userId, email: record.who.email },
        decision_reason: reason ?? null,
      });
      record.approvals = record.approvals.map((one) => (one.id === id ? decided : one));
      return { body: decided };
    }),
  ];
}
