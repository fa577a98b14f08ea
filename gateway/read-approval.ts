import type { Actor } from '#domain/actor.ts';
import type { ApprovalView } from '#domain/approval.schema.ts';
import { CodedError } from '#domain/error.ts';
import { ownActions } from '#domain/own-actions.ts';
import type { StoredApproval } from '#stores/approvals.ts';
import { touchedApproval } from './routes/approvals/touched-approval.ts';
import type { RouteDependencies } from './routes/dependencies.ts';
import { approvalView } from './views/approval-view.ts';

/** The view of one approval, as a governed read. The caller has made sure that this person may see it. */
export function readApproval(
  {
    actions,
    openApprovals,
    governedRead,
    now,
  }: Pick<RouteDependencies, 'actions' | 'openApprovals' | 'governedRead' | 'now'>,
  actor: Actor,
  approval: StoredApproval,
): Promise<ApprovalView> {
  return governedRead({
    actor,
    facts: ownActions.readApproval,
    event: 'approval.read',
    detail: `approval ${approval.id}`,
    requestId: approval.requestId,
    classification: 'internal',
    run: async () => {
      const [opened] = await openApprovals(actor.tenantId, [approval]);
      if (opened === undefined) throw new CodedError('NOT_FOUND');
      return {
        output: approvalView(actions, opened, { actor, now: now() }),
        touched: [touchedApproval(approval.id)],
      };
    },
  });
}
