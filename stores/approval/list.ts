import { type Selectable, sql } from 'kysely';
import { roleAtLeast, roles } from '#domain/person/role.ts';
import type { TenantTx } from '../database.ts';
import type { ApprovalFilter, StoredApproval } from './approvals.ts';
import type { ApprovalsTable } from './tables.ts';

/**
 * The approvals that the person may decide, by the rule of `mayDecide` (domain/approval/approval.ts) in SQL, and those
 * of their own requests.
 */
export async function listApprovals(
  tx: TenantTx,
  tenantId: string,
  { state, forPerson, limit }: ApprovalFilter,
): Promise<StoredApproval[]> {
  const coveredRoles = roles.filter((role) => roleAtLeast(forPerson.role, role));
  const everyUnit = forPerson.role === 'enterprise_admin';
  let query = tx
    .selectFrom('approvals')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb('requester_id', '=', forPerson.userId),
        eb.and([
          eb('approver_role', 'in', coveredRoles),
          eb.or([
            eb.val(everyUnit),
            eb('approver_org_unit', '=', forPerson.orgUnit),
            sql<boolean>`starts_with(approver_org_unit, ${`${forPerson.orgUnit}/`})`,
          ]),
        ]),
      ]),
    )
    .orderBy('id', 'desc')
    .limit(limit);
  if (state !== undefined) query = query.where('state', '=', state);
  const rows = await query.execute();
  return rows.map((row) => toApproval(tenantId, row));
}

export function toApproval(tenantId: string, row: Selectable<ApprovalsTable>): StoredApproval {
  return {
    id: row.id,
    tenantId,
    requestId: row.request_id,
    n: row.n,
    runId: row.run_id,
    round: row.round,
    state: row.state,
    requesterId: row.requester_id,
    requesterOrgUnit: row.requester_org_unit,
    approvers: { role: row.approver_role, orgUnit: row.approver_org_unit },
    action: row.action,
    target: row.target,
    previewRef: row.preview_ref,
    digest: row.digest,
    reason: row.reason,
    policyApplied: row.policy_applied,
    decisionId: row.decision_id,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    decidedAt: row.decided_at,
    decidedBy: row.decided_by,
    decisionReasonRef: row.decision_reason_ref,
    askedAgain: row.asked_again,
  };
}
