import { type Selectable, sql } from 'kysely';
import { CodedError } from '#domain/error.ts';
import { isFinal, stateFromActions } from '#domain/request/request.ts';
import type { ContentStore, SealedContent } from '../content/content.ts';
import type { TenantTx } from '../database.ts';
import type { TenantProofs } from '../key/row-proofs.ts';
import type { FinishedAction, StoredAction, StoredRequest } from './requests.ts';
import { isFinalAction, lockRequest, toAction, toRequest, waitColumns } from './rows.ts';
import type { RequestActionsTable, RequestsTable } from './tables.ts';

interface Finishing {
  tenantId: string;
  finished: FinishedAction;
}

const databaseTime = sql<string>`now()`;

/** Locks and reads, then writes: two round trips. The lock orders actions of one request that end at the same time. */
export async function finishAction(
  tx: TenantTx,
  { content, proofs }: { content: ContentStore; proofs: TenantProofs },
  { tenantId, finished }: Finishing,
): Promise<{ request: StoredRequest; action: StoredAction }> {
  const [request, actions] = await Promise.all([
    lockRequest(tx, proofs, finished.requestId),
    tx
      .selectFrom('request_actions')
      .selectAll()
      .where('request_id', '=', finished.requestId)
      .orderBy('n')
      .execute(),
  ]);
  const current = actions.find((action) => action.n === finished.n);
  if (current === undefined) throw new CodedError('NOT_FOUND');
  // A late attempt of an earlier sending changes nothing either.
  if (isFinalAction(current.state) || (finished.sending ?? current.sending) < current.sending) {
    return { request: toRequest(tenantId, request), action: toAction(current) };
  }
  const result = finished.result === undefined ? undefined : seal();
  const [action, moved] = await Promise.all([
    updateAction(tx, finished, result),
    moveRequest(
      tx,
      request,
      actions.map((each) => (each === current ? finished.state : each.state)),
    ),
  ]);
  return { request: toRequest(tenantId, moved), action: toAction(action) };

  function seal(): SealedContent {
    return content.seal({
      tenantId,
      purpose: 'action_result',
      ownerId: request.user_id,
      classification: finished.classification ?? current?.classification ?? 'restricted',
      value: finished.result,
    });
  }
}

async function updateAction(
  tx: TenantTx,
  finished: FinishedAction,
  result: SealedContent | undefined,
): Promise<Selectable<RequestActionsTable>> {
  const { state, verdict, reason, sending, classification } = finished;
  const changes = {
    state,
    updated_at: databaseTime,
    ...(verdict === undefined ? {} : { verdict }),
    ...(reason === undefined ? {} : { reason }),
    ...(sending === undefined ? {} : { sending }),
    ...waitColumns(null),
    ...(finished.namedTime === undefined ? {} : { waits_until: finished.namedTime }),
    ...(classification === undefined ? {} : { classification }),
    ...(finished.policyApplied === undefined ? {} : { policy_applied: finished.policyApplied }),
    ...(finished.approvalId === undefined ? {} : { approval_id: finished.approvalId }),
    ...(finished.errorCode === undefined ? {} : { error_code: finished.errorCode }),
    ...(result === undefined ? {} : { result_ref: result.id }),
  };
  const update = (db: TenantTx) =>
    db
      .updateTable('request_actions')
      .set(changes)
      .where('request_id', '=', finished.requestId)
      .where('n', '=', finished.n)
      .returningAll();
  if (result === undefined) return update(tx).executeTakeFirstOrThrow();
  return tx
    .with('kept', (db) => db.insertInto('content').values(result))
    .with('changed', () => update(tx))
    .selectFrom('changed')
    .selectAll()
    .executeTakeFirstOrThrow();
}

/** Sets the request's new state; a final one stays. */
export async function moveRequest(
  tx: TenantTx,
  request: Selectable<RequestsTable>,
  actionStates: readonly RequestActionsTable['state'][],
): Promise<Selectable<RequestsTable>> {
  const state = stateFromActions(actionStates);
  if (isFinal(request.state) || request.state === state) return request;
  return tx
    .updateTable('requests')
    .set({ state, updated_at: databaseTime, ...(isFinal(state) ? { finished_at: databaseTime } : {}) })
    .where('id', '=', request.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
