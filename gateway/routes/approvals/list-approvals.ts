import { ownActions } from '#domain/action/own-actions.ts';
import { approvalList, approvalQuery } from '#domain/approval/approval.schema.ts';
import * as calls from '#domain/approval/calls.ts';
import { defineRoute } from '../../http/route.ts';
import { governedReadErrors, ownDataRead } from '../own-data.ts';
import { approvalView } from './approval-view.ts';
import type { ApprovalParts } from './parts.ts';

/** The approvals that a person may decide, and their own that wait for others. */
export function listApprovals({
  approvals,
  actions,
  openApprovals,
  governedRead,
  now,
}: Pick<ApprovalParts, 'approvals' | 'actions' | 'openApprovals' | 'governedRead' | 'now'>) {
  return defineRoute({
    ...calls.listApprovals,
    summary: 'Approvals that you may decide or that you asked for, newest first',
    auth: 'approvals.decide',
    audit: 'approval.read',
    request: { query: approvalQuery },
    response: { 200: approvalList },
    errors: governedReadErrors,
    async handle({ actor, query: { state, limit } }) {
      const views = await governedRead({
        actor,
        facts: ownActions.readApproval,
        event: 'approval.read',
        detail: `approvals for ${actor.userId}`,
        classification: 'internal',
        run: async () => {
          const stored = await approvals.list(actor.tenantId, {
            forPerson: actor,
            limit,
            ...(state === undefined ? {} : { state }),
          });
          const opened = await openApprovals(actor.tenantId, stored);
          return {
            output: opened.map((one) => approvalView(actions, one, { actor, at: now() })),
            touched: opened.map((one) => ownDataRead(one.approval.id, one.classification)),
          };
        },
      });
      return { status: 200, body: { approvals: views } };
    },
  });
}
