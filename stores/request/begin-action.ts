import { type Selectable, sql } from 'kysely';
import { CodedError } from '#domain/error.ts';
import { overridesIn } from '../classification/classifications.ts';
import type { ContentStore } from '../content/content.ts';
import type { TenantTx } from '../database.ts';
import type { TenantProofs } from '../key/row-proofs.ts';
import { isGenuine, refuseForeignAction } from './genuine.ts';
import type { ActionTarget, BegunAction } from './requests.ts';
import { isFinalAction, openActionStates, toAction, toRequest } from './rows.ts';
import type { RequestsTable } from './tables.ts';

interface Place {
  tenantId: string;
  requestId: string;
  n: number;
  target: ActionTarget;
}

/** Three statements, sent together. If the request is running already, nothing is written: that is the usual case. */
export async function beginAction(
  tx: TenantTx,
  { content, proofs }: { content: ContentStore; proofs: TenantProofs },
  place: Place,
): Promise<BegunAction> {
  const { tenantId, requestId, n, target } = place;
  const [requestRow, actionRow, overrides] = await Promise.all([
    runRequest(tx, place),
    tx
      .selectFrom('request_actions')
      .innerJoin('content', 'content.id', 'request_actions.input_ref')
      .selectAll('request_actions')
      .select(['content.purpose', 'content.sealed', 'content.owner_id'])
      .where('request_id', '=', requestId)
      .where('n', '=', n)
      .executeTakeFirst(),
    overridesIn(tx, target.orgUnit, [target.item]),
  ]);
  if (requestRow === undefined || actionRow === undefined || !isGenuine(proofs, requestRow))
    throw new CodedError('NOT_FOUND');
  refuseForeignAction(proofs, actionRow);
  const request = toRequest(tenantId, requestRow);
  const action = toAction(actionRow);
  if (isFinalAction(action.state)) return { status: 'finished', request, action };
  if (request.state !== 'running') throw new CodedError('REQUEST_NOT_PENDING');
  const { purpose, sealed, owner_id: ownerId } = actionRow;
  if (ownerId !== request.userId || purpose !== 'action_input') throw new CodedError('CONTENT_UNREADABLE');
  return {
    status: 'begun',
    request,
    action,
    input: content.open(tenantId, { id: action.inputRef, purpose, sealed }),
    override: overrides.get(target.item) ?? null,
  };
}

/**
 * Sets the request running and returns it; as it is when there is nothing to set. If another transaction ends it
 * meanwhile, the row is neither new nor `running`, and the caller refuses.
 */
async function runRequest(
  tx: TenantTx,
  { requestId, n }: Place,
): Promise<Selectable<RequestsTable> | undefined> {
  const { rows } = await sql<Selectable<RequestsTable>>`
    WITH moved AS (
      UPDATE requests SET state = 'running', started_at = coalesce(started_at, now()), updated_at = now()
      WHERE id = ${requestId} AND state IN ('received', 'queued', 'outcome_unknown')
        AND EXISTS (SELECT FROM request_actions
          WHERE request_id = ${requestId} AND n = ${n} AND state = ANY(${[...openActionStates]}))
      RETURNING *
    )
    SELECT * FROM moved UNION ALL
    SELECT * FROM requests WHERE id = ${requestId} AND NOT EXISTS (SELECT FROM moved)`.execute(tx);
  return rows[0];
}
