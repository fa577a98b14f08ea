import type { Generated } from 'kysely';
import type { PolicyChangeReview } from '#domain/policy/impact.ts';
import type { PolicyDomain, PolicyLevel, PolicyStatus } from '#domain/policy/policy.ts';
import type { GeneratedTimestamp, Json, Timestamp } from '../columns.ts';

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
  based_on: number | null;
  key_id: string | null;
  signature: string | null;
}

/** One row: a number that increases with every change of an active policy. */
export interface PolicyRevisionTable {
  one_row: Generated<boolean>;
  revision: number;
  digest: string | null;
  key_id: string | null;
  signature: string | null;
  signed_at: Timestamp | null;
  versions_signed_at: Timestamp | null;
}

/** That policies were ended. */
export interface PolicyEndsTable {
  policy_id: string;
  version: number;
  key_id: string;
  signature: string;
}

/** Which decisions a preview of the impact of a change was made from. */
export interface PolicyPreviewsTable {
  preview_id: string;
  digest: string;
  from_at: Timestamp;
  to_at: Timestamp;
  after_decision: string;
  last_decision: string | null;
  created_at: GeneratedTimestamp;
  key_id: string | null;
  signature: string | null;
}

/** One row: how policies of the tenant are changed. */
export interface PolicySettingsTable {
  one_row: Generated<boolean>;
  change_review: PolicyChangeReview;
  n: Generated<number>;
  key_id: string | null;
  signature: string | null;
}

/** Canaries: drafts that hold for a few people first. */
export interface PolicyCanariesTable {
  policy_id: string;
  version: number;
  user_ids: Json;
}

export interface PolicyTables {
  policies: PoliciesTable;
  policy_revision: PolicyRevisionTable;
  policy_ends: PolicyEndsTable;
  policy_previews: PolicyPreviewsTable;
  policy_settings: PolicySettingsTable;
  policy_canaries: PolicyCanariesTable;
}
