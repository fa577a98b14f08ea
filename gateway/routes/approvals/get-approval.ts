import { ownActions } from '#domain/action/own-actions.ts';
import { approvalView as approvalViewSchema } from '#domain/approval/approval.schema.ts';
import * as calls from '#domain/approval/calls.ts';
import { CodedError } from '#domain/error.ts';
import { isId } from '#domain/ids.ts';
import { defineRoute } from '../../http/route.ts';
import { governedReadErrors, ownDataRead } from '../own-data.ts';
import { approvalParams } from './approval-params.ts';
import { approvalView, maySee } from './approval-view.ts';
import type { ApprovalParts } from './parts.ts';

export function getApproval({
  approvals,
  actions,
  openApprovals,
  governedRead,
  now,
}: Pick<ApprovalParts, 'approvals' | 'actions' | 'openApprovals' | 'governedRead' | 'now'>) {
  return defineRoute({
    ...calls.getApproval,
    summary: 'One approval: who asks, what exactly would be done, and why it needs a human',
    auth: 'approvals.decide',
    audit: 'approval.read',
    request: { params: approvalParams },
    response: { 200: approvalViewSchema },
    errors: ['NOT_FOUND', ...governedReadErrors],
    async handle({ actor, params }) {
      const approval = isId('approval', params.id)
        ? await approvals.get(actor.tenantId, params.id)
        : undefined;
      if (approval === undefined || !maySee(approval, actor)) throw new CodedError('NOT_FOUND');
      const opened = await governedRead({
        actor,
        facts: ownActions.readApproval,
        event: 'approval.read',
        detail: `approval ${approval.id}`,
        requestId: approval.requestId,
        classification: 'internal',
        run: async () => {
          const output = await openApprovals(actor.tenantId, [approval]);
          return { output, touched: output.map((one) => ownDataRead(approval.id, one.classification)) };
        },
      });
      const [only] = opened;
      if (only === undefined) throw new CodedError('NOT_FOUND');
      return { status: 200, body: approvalView(actions, only, { actor, at: now() }) };
    },
  });
}
