import { type Selectable, sql } from 'kysely';
import type { ApprovalState } from '#domain/approval/approval.ts';
import { CodedError } from '#domain/error.ts';
import type { TenantTx } from '../database.ts';
import type { ApprovalClosing } from './approvals.ts';
import type { ApprovalsTable } from './tables.ts';

// The states from which an approval may change into each state.
const before: Record<ApprovalClosing['state'], readonly ApprovalState[]> = {
  approved: ['pending'],
  rejected: ['pending'],
  withdrawn: ['pending', 'approved'],
  expired: ['pending', 'approved'],
  stale: ['pending', 'approved'],
  consumed: ['approved'],
};

/** Who decided, when and why is written once, when the approval is no longer `pending`. Throws `NOT_FOUND`. */
export async function closeApproval(
  tx: TenantTx,
  id: string,
  { state, decidedBy = null, reasonRef = null }: ApprovalClosing,
): Promise<Selectable<ApprovalsTable>> {
  const { rows } = await sql<Selectable<ApprovalsTable>>`
    UPDATE approvals SET state = ${state},
      decided_at = coalesce(decided_at, now()),
      decided_by = CASE WHEN state = 'pending' THEN ${decidedBy}::text ELSE decided_by END,
      decision_reason_ref = CASE WHEN state = 'pending' THEN ${reasonRef}::text ELSE decision_reason_ref END
    WHERE id = ${id} AND state = ANY(${[...before[state]]})
    RETURNING *`.execute(tx);
  const row =
    rows[0] ?? (await tx.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirst());
  if (row === undefined) throw new CodedError('NOT_FOUND');
  return row;
}
