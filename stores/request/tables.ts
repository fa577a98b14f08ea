import type { Generated } from 'kysely';
import type { Effect, Origin } from '#domain/action/action.ts';
import type { Classification } from '#domain/classification/classification.ts';
import type { ErrorCode } from '#domain/error.ts';
import type { Role } from '#domain/person/role.ts';
import type { Verdict } from '#domain/policy/verdict.ts';
import type { ActionState, RequestState, WaitsTo } from '#domain/request/request.ts';
import type { GeneratedTimestamp, Timestamp } from '../columns.ts';

/** One row per request, which is the outbox of its workflow. */
export interface RequestsTable {
  id: string;
  user_id: string;
  role: Role;
  org_unit: string;
  idempotency_key: string;
  body_digest: string;
  text_ref: string;
  state: RequestState;
  planner: string | null;
  answer_ref: string | null;
  created_at: GeneratedTimestamp;
  started_at: Timestamp | null;
  updated_at: GeneratedTimestamp;
  finished_at: Timestamp | null;
  content_deleted_at: Timestamp | null;
  proof: Uint8Array | null;
  from_before: Generated<boolean>;
}

/** The planned actions of a request, and how far each has come. */
export interface RequestActionsTable {
  request_id: string;
  n: number;
  sending: Generated<number>;
  action: string;
  connector: string;
  effect: Effect;
  target: string;
  input_ref: string;
  input_digest: string;
  origin: Origin;
  state: ActionState;
  classification: Classification;
  verdict: Verdict | null;
  reason: string | null;
  policy_applied: string | null;
  approval_id: string | null;
  result_ref: string | null;
  error_code: ErrorCode | null;
  updated_at: GeneratedTimestamp;
  waits_until: Timestamp | null;
  waits_for: ErrorCode | null;
  waits_to: WaitsTo | null;
  proof: Uint8Array | null;
  from_before: Generated<boolean>;
}

export interface RequestTables {
  requests: RequestsTable;
  request_actions: RequestActionsTable;
}
