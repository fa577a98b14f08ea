import type { Selectable } from 'kysely';
import type { PlannedAction } from '#domain/action/action.ts';
import { CodedError } from '#domain/error.ts';
import type { ActionState, Wait } from '#domain/request/request.ts';
import type { TenantTx } from '../database.ts';
import type { TenantProofs } from '../key/row-proofs.ts';
import { isGenuine } from './genuine.ts';
import type { StoredAction, StoredRequest } from './requests.ts';
import type { RequestActionsTable, RequestsTable } from './tables.ts';

/** States in which something may still happen to an action. */
export const openActionStates: readonly ActionState[] = ['planned', 'waiting_approval', 'outcome_unknown'];

/** Can the action no longer leave this state? */
export function isFinalAction(state: ActionState): boolean {
  return !openActionStates.includes(state);
}

export function toRequest(tenantId: string, row: Selectable<RequestsTable>): StoredRequest {
  return {
    id: row.id,
    tenantId,
    userId: row.user_id,
    role: row.role,
    orgUnit: row.org_unit,
    idempotencyKey: row.idempotency_key,
    bodyDigest: row.body_digest,
    textRef: row.text_ref,
    state: row.state,
    planner: row.planner,
    answerRef: row.answer_ref,
    createdAt: row.created_at,
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
  };
}

export function toAction(row: Selectable<RequestActionsTable>): StoredAction {
  return {
    requestId: row.request_id,
    n: row.n,
    sending: row.sending,
    action: row.action,
    connector: row.connector,
    effect: row.effect,
    target: row.target,
    inputRef: row.input_ref,
    inputDigest: row.input_digest,
    origin: row.origin,
    state: row.state,
    classification: row.classification,
    verdict: row.verdict,
    reason: row.reason,
    policyApplied: row.policy_applied,
    approvalId: row.approval_id,
    resultRef: row.result_ref,
    errorCode: row.error_code,
    waits: waitOf(row),
    namedTime: row.waits_until,
    updatedAt: row.updated_at,
  };
}

function waitOf({
  waits_until: until,
  waits_for: code,
  waits_to: to,
}: Selectable<RequestActionsTable>): Wait | null {
  return until === null || code === null || to === null ? null : { until, code, to };
}

/** A wait as its columns; without one, they are empty. */
export function waitColumns(wait: Wait | null) {
  return { waits_until: wait?.until ?? null, waits_for: wait?.code ?? null, waits_to: wait?.to ?? null };
}

/** What the planner proposed, without how far it has come. */
export function toPlanned(row: Selectable<RequestActionsTable>): PlannedAction {
  const { n, action, target, origin } = row;
  return { n, action, inputRef: row.input_ref, inputDigest: row.input_digest, target, origin };
}

/**
 * The row of a request, locked until the transaction ends. Throws `NOT_FOUND`, also for one that no process of this
 * installation wrote.
 */
export async function lockRequest(
  tx: TenantTx,
  proofs: TenantProofs,
  id: string,
): Promise<Selectable<RequestsTable>> {
  const row = await tx.selectFrom('requests').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined || !isGenuine(proofs, row)) throw new CodedError('NOT_FOUND');
  return row;
}
