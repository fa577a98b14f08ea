import { type Insertable, type Selectable, sql } from 'kysely';
import { CodedError } from '#domain/error.ts';
import { sendingOfActionRun } from '#domain/ids.ts';
import { type ActionState, isFinal } from '#domain/request/request.ts';
import type { ContentStore } from '../content/content.ts';
import type { TenantTx } from '../database.ts';
import type { TenantProofs } from '../key/row-proofs.ts';
import { moveRequest } from '../request/finish-action.ts';
import { isFinalAction, lockRequest, waitColumns } from '../request/rows.ts';
import type { NewApproval, StoredApproval } from './approvals.ts';
import { toApproval } from './list.ts';
import type { ApprovalsTable } from './tables.ts';

interface Opening {
  tenantId: string;
  approval: NewApproval;
}

/**
 * Opens an approval; one that exists already for this run and round is returned as it is. Throws `REQUEST_NOT_PENDING`
 * when the request or the action is final, `NOT_FOUND` when there is no such action.
 */
export async function openApproval(
  tx: TenantTx,
  { content, proofs }: { content: ContentStore; proofs: TenantProofs },
  { tenantId, approval }: Opening,
): Promise<StoredApproval> {
  const { requestId, n, runId, round } = approval;
  const [request, actions, stored] = await Promise.all([
    lockRequest(tx, proofs, requestId),
    tx
      .selectFrom('request_actions')
      .select(['n', 'state'])
      .where('request_id', '=', requestId)
      .orderBy('n')
      .execute(),
    tx
      .selectFrom('approvals')
      .selectAll()
      .where('run_id', '=', runId)
      .where('round', '=', round)
      .executeTakeFirst(),
  ]);
  const states: ActionState[] = actions.map((action) => (action.n === n ? 'waiting_approval' : action.state));
  if (stored !== undefined) {
    // A repeated attempt has already set the request running.
    if (stored.state === 'pending') await moveRequest(tx, request, states);
    return toApproval(tenantId, stored);
  }
  const current = actions.find((action) => action.n === n);
  if (current === undefined) throw new CodedError('NOT_FOUND');
  if (isFinal(request.state) || isFinalAction(current.state)) throw new CodedError('REQUEST_NOT_PENDING');
  const [opened] = await Promise.all([
    insertApproval(tx, content, { tenantId, approval }),
    tx
      .updateTable('request_actions')
      .set({
        state: 'waiting_approval',
        verdict: 'require_approval',
        approval_id: approval.id,
        sending: sendingOfActionRun(runId),
        ...waitColumns(approval.waits ?? null),
        reason: approval.reason,
        policy_applied: approval.policyApplied,
        updated_at: sql<string>`now()`,
      })
      .where('request_id', '=', requestId)
      .where('n', '=', n)
      .execute(),
    moveRequest(tx, request, states),
  ]);
  return toApproval(tenantId, opened);
}

async function insertApproval(
  tx: TenantTx,
  content: ContentStore,
  { tenantId, approval }: Opening,
): Promise<Selectable<ApprovalsTable>> {
  const preview = content.seal({
    tenantId,
    purpose: 'approval_preview',
    ownerId: approval.requesterId,
    classification: approval.classification,
    value: approval.preview,
  });
  return tx
    .with('kept', (db) => db.insertInto('content').values(preview))
    .with('opened', (db) => db.insertInto('approvals').values(toRow(approval, preview.id)).returningAll())
    .selectFrom('opened')
    .selectAll()
    .executeTakeFirstOrThrow();
}

function toRow(approval: NewApproval, previewRef: string): Insertable<ApprovalsTable> {
  return {
    id: approval.id,
    request_id: approval.requestId,
    n: approval.n,
    run_id: approval.runId,
    round: approval.round,
    state: 'pending',
    requester_id: approval.requesterId,
    requester_org_unit: approval.requesterOrgUnit,
    approver_role: approval.approvers.role,
    approver_org_unit: approval.approvers.orgUnit,
    action: approval.action,
    target: approval.target,
    preview_ref: previewRef,
    digest: approval.digest,
    reason: approval.reason,
    policy_applied: approval.policyApplied,
    decision_id: approval.decisionId,
    expires_at: approval.expiresAt,
    asked_again: approval.askedAgain ?? null,
  };
}
