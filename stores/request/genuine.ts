import type { Selectable } from 'kysely';
import { CodedError } from '#domain/error.ts';
import { isFinal } from '#domain/request/request.ts';
import type { TenantProofs } from '../key/row-proofs.ts';
import type { RequestActionsTable, RequestsTable } from './tables.ts';

/** What of a request says who asked for what. */
type Asked = Pick<
  Selectable<RequestsTable>,
  'id' | 'user_id' | 'role' | 'org_unit' | 'idempotency_key' | 'body_digest' | 'text_ref'
>;

/** What of an action says what was planned. */
type Planned = Pick<
  Selectable<RequestActionsTable>,
  'request_id' | 'n' | 'action' | 'connector' | 'effect' | 'target' | 'input_ref' | 'input_digest' | 'origin'
>;

export function proveRequest(proofs: TenantProofs, asked: Asked): Uint8Array {
  return proofs.prove('request', statementOf(asked));
}

export function proveAction(proofs: TenantProofs, planned: Planned): Uint8Array {
  return proofs.prove('action', planStatementOf(planned));
}

/**
 * Did a process of this installation write who asked for what? Also of rows from before there were proofs, and of what
 * is left of an erased person's requests, which have ended.
 */
export function isGenuine(proofs: TenantProofs, row: Selectable<RequestsTable>): boolean {
  if (row.from_before || (row.user_id.startsWith('erased:') && isFinal(row.state))) return true;
  return proofs.isProven('request', statementOf(row), row.proof);
}

/** Throws `CONTENT_UNREADABLE` for a planned action that no process of this installation wrote. */
export function refuseForeignAction(proofs: TenantProofs, row: Selectable<RequestActionsTable>): void {
  if (!row.from_before && !proofs.isProven('action', planStatementOf(row), row.proof))
    throw new CodedError('CONTENT_UNREADABLE');
}

function statementOf(row: Asked) {
  const { id, user_id, role, org_unit, idempotency_key, body_digest, text_ref } = row;
  return { id, user_id, role, org_unit, idempotency_key, body_digest, text_ref };
}

function planStatementOf(row: Planned) {
  const { request_id, n, action, connector, effect, target, input_ref, input_digest, origin } = row;
  return { request_id, n, action, connector, effect, target, input_ref, input_digest, origin };
}
