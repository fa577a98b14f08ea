import { type Selectable, sql } from 'kysely';
import { endsFrom } from '#domain/approval/ending.ts';
import { CodedError } from '#domain/error.ts';
import type { TenantTx } from '../database.ts';
import type { ApprovalClosing } from './approvals.ts';
import type { ApprovalsTable } from './tables.ts';

/**
 * Who decided, when and why is written once, when the approval is no longer `pending`. It expires only once its deadline has
 * passed by the clock of the database, and there is no vote but those that were looked at and don't count. Throws
 * `NOT_FOUND`.
 */
export async function closeApproval(
  tx: TenantTx,
  id: string,
  { state, decidedBy = null, reasonRef = null, voidVotes = [] }: ApprovalClosing,
): Promise<Selectable<ApprovalsTable>> {
  const { rows } = await sql<Selectable<ApprovalsTable>>`
    UPDATE approvals SET state = ${state},
      decided_at = coalesce(decided_at, now()),
      decided_by = CASE WHEN state = 'pending' THEN ${decidedBy}::text ELSE decided_by END,
      decision_reason_ref = CASE WHEN state = 'pending' THEN ${reasonRef}::text ELSE decision_reason_ref END
    WHERE id = ${id} AND state = ANY(${[...endsFrom[state]]})
      AND (${state} <> 'expired' OR expires_at <= clock_timestamp() AND NOT EXISTS (
        SELECT FROM approval_votes v WHERE v.approval_id = approvals.id AND v.round = approvals.round
          AND v.vote_id <> ALL(${[...voidVotes]})))
    RETURNING *`.execute(tx);
  const row =
    rows[0] ?? (await tx.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirst());
  if (row === undefined) throw new CodedError('NOT_FOUND');
  return row;
}
