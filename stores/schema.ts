import type { ColumnType, Generated } from 'kysely';
import type { Effect, Origin } from '#domain/action/action.ts';
import type { ApprovalState, VoteChoice } from '#domain/approval/approval.ts';
import type { Classification } from '#domain/classification/classification.ts';
import type { ErrorCode } from '#domain/error.ts';
import type { Role } from '#domain/person/role.ts';
import type { PolicyChangeReview } from '#domain/policy/impact.ts';
import type { PolicyDomain, PolicyLevel, PolicyStatus } from '#domain/policy/policy.ts';
import type { Verdict } from '#domain/policy/verdict.ts';
import type { ActionState, RequestState } from '#domain/request/request.ts';
import type { TenantStatus } from '#domain/tenant/tenant.ts';

// Every column, in the form that test/stores/schema.test.ts compares with the migrated database: one line each.

/** `timestamptz`, read as ISO 8601 in UTC with milliseconds. */
export type Timestamp = ColumnType<string, string, string>;

/** The same with a default of now. */
export type GeneratedTimestamp = ColumnType<string, string | undefined, string>;

/** `bytea`. */
export type Bytes = ColumnType<Uint8Array, Uint8Array, never>;

/** `jsonb`, written as JSON text. */
export type Json = ColumnType<unknown, string, never>;

/** Sealed values; never changed. */
export interface ContentTable {
  id: string;
  purpose: string;
  owner_id: string;
  classification: Classification;
  sealed: Bytes;
  created_at: GeneratedTimestamp;
}

/** One row per request; the outbox of its workflow. */
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
}

/** The planned actions of a request and how far each got. */
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
}

/** What people are asked, and what came of it. */
export interface ApprovalsTable {
  id: string;
  request_id: string;
  n: number;
  run_id: string;
  round: number;
  state: ApprovalState;
  requester_id: string;
  requester_org_unit: string;
  approver_role: Role;
  approver_org_unit: string;
  action: string;
  target: string;
  preview_ref: string;
  digest: string;
  reason: string;
  policy_applied: string;
  decision_id: string;
  expires_at: Timestamp;
  created_at: GeneratedTimestamp;
  decided_at: Timestamp | null;
  decided_by: string | null;
  decision_reason_ref: string | null;
}

/** Signed votes, exactly as they were signed. */
export interface ApprovalVotesTable {
  vote_id: string;
  approval_id: string;
  round: number;
  choice: VoteChoice;
  digest: string;
  user_id: string;
  role: Role;
  org_unit: string;
  reason_ref: string | null;
  at: Timestamp;
  key_id: string;
  signature: string;
}

/** Policies as data, every version. */
export interface PoliciesTable {
  id: string;
  version: number;
  name: string;
  domain: PolicyDomain;
  level: PolicyLevel;
  org_unit: string | null;
  user_id: string | null;
  status: PolicyStatus;
  rules: Json;
  may_grant: Json | null;
  change_reason: string;
  created_by: string;
  created_at: Timestamp;
}

/** One row: a number that moves with every change of an active policy. */
export interface PolicyRevisionTable {
  one_row: Generated<boolean>;
  revision: number;
  digest: string | null;
  key_id: string | null;
  signature: string | null;
  signed_at: Timestamp | null;
}

/** Which decisions somebody saw the impact of a change on. */
export interface PolicyPreviewsTable {
  preview_id: string;
  digest: string;
  from_at: Timestamp;
  to_at: Timestamp;
  after_decision: string;
  last_decision: string | null;
  created_at: GeneratedTimestamp;
}

/** One row: how policies of the tenant are changed. */
export interface PolicySettingsTable {
  one_row: Generated<boolean>;
  change_review: PolicyChangeReview;
}

/** Drafts that hold for a few people first. */
export interface PolicyCanariesTable {
  policy_id: string;
  version: number;
  user_ids: Json;
}

/** Who was seen, with the rights that the identity provider stated last. */
export interface PeopleTable {
  user_id: string;
  email: string | null;
  name: string | null;
  role: Role;
  org_unit: string;
  stated_at: Timestamp;
  seen_at: GeneratedTimestamp;
  revoked_at: Timestamp | null;
  confirmed_at: Timestamp | null;
  withdrawn_at: Timestamp | null;
  not_before: Timestamp | null;
}

/** What the provider can be asked with about a person's rights. */
export interface GrantsTable {
  id: string;
  user_id: string;
  kind: 'refresh' | 'access' | 'bearer';
  sealed: ColumnType<Uint8Array, Uint8Array, Uint8Array>;
  created_at: GeneratedTimestamp;
  used_at: GeneratedTimestamp;
  expires_at: Timestamp;
  lease: string | null;
  leased_until: Timestamp | null;
}

/** What administrators said of single items. */
export interface ClassificationOverridesTable {
  seq: Generated<number>;
  item_id: string;
  org_unit: string;
  previous: Classification;
  classification: Classification;
  reason_ref: string;
  override_by: string;
  override_at: GeneratedTimestamp;
}

/** Items whose content is more confidential than their source says. */
export interface ItemLabelsTable {
  item_id: string;
  original_level: Classification;
  classification: Classification;
  reasons: Json;
  seen_at: GeneratedTimestamp;
}

/** Tokens of a day, by scope. */
export interface ModelUsageTable {
  day: string;
  scope: string;
  tokens: number;
}

/** Calls of models, each once however often it is tried. */
export interface ModelCallsTable {
  call_id: string;
  day: string;
  user_id: string;
  org_unit: string;
  reserved: number;
  used: number;
  at: GeneratedTimestamp;
}

/** The random names that the audit log knows people by. */
export interface SubjectsTable {
  subject: string;
  user_id: string | null;
  sealed_key: Bytes | null;
  created_at: GeneratedTimestamp;
  erased_at: Timestamp | null;
}

/** Erasures of people, and what came of each. */
export interface ErasuresTable {
  id: string;
  user_id: string | null;
  subject: string | null;
  requested_by: string;
  reason_ref: string;
  created_at: GeneratedTimestamp;
  finished_at: Timestamp | null;
  result: Json | null;
}

/** Schema of each tenant. */
export interface TenantTables {
  classification_overrides: ClassificationOverridesTable;
  item_labels: ItemLabelsTable;
  model_usage: ModelUsageTable;
  model_calls: ModelCallsTable;
  content: ContentTable;
  requests: RequestsTable;
  request_actions: RequestActionsTable;
  approvals: ApprovalsTable;
  approval_votes: ApprovalVotesTable;
  policies: PoliciesTable;
  policy_revision: PolicyRevisionTable;
  policy_previews: PolicyPreviewsTable;
  policy_settings: PolicySettingsTable;
  policy_canaries: PolicyCanariesTable;
  people: PeopleTable;
  subjects: SubjectsTable;
  erasures: ErasuresTable;
  grants: GrantsTable;
}

export interface TenantsTable {
  id: string;
  name: string;
  created_at: GeneratedTimestamp;
  domains: Json;
  oidc_issuer: string | null;
  status: Generated<TenantStatus>;
  delete_at: Timestamp | null;
  restored_as: TenantStatus | null;
  destroying_since: Timestamp | null;
}

/** When a tenant stood still; written by a trigger alone. */
export interface TenantSuspensionsTable {
  tenant_id: string;
  suspended_at: Timestamp;
  resumed_at: Timestamp | null;
}

/** Browser sessions of all tenants: found by the hash of a cookie, before the tenant is known. */
export interface SessionsTable {
  id_hash: string;
  tenant_id: string;
  user_id: string;
  sealed: ColumnType<Uint8Array, Uint8Array, Uint8Array>;
  created_at: GeneratedTimestamp;
  seen_at: GeneratedTimestamp;
  expires_at: Timestamp;
  ended_at: Timestamp | null;
  session_id: string;
  kind: 'session' | 'ticket';
  provider_session: string | null;
}

/** Back-channel logout tokens that were taken. */
export interface LogoutTokensTable {
  token_hash: string;
  expires_at: Timestamp;
}

/** Keys of tenants, wrapped by a master key. */
export interface DataKeysTable {
  id: string;
  tenant_id: string;
  sealed: ColumnType<Uint8Array, Uint8Array, Uint8Array | null> | null;
  wrapped_by: string | null;
  created_at: GeneratedTimestamp;
  wrapped_at: GeneratedTimestamp;
  destroyed_at: Timestamp | null;
}

export interface HeadPublicationsTable {
  tenant_id: string;
  place: 'folder' | 'bucket' | 'webhook';
  head_n: number;
  head_at: Timestamp | null;
  since: GeneratedTimestamp;
  wanted_at: GeneratedTimestamp;
}

/** Schema `openclaw`. */
export interface DirectoryTables {
  tenants: TenantsTable;
  tenant_suspensions: TenantSuspensionsTable;
  sessions: SessionsTable;
  logout_tokens: LogoutTokensTable;
  data_keys: DataKeysTable;
  head_publications: HeadPublicationsTable;
}
