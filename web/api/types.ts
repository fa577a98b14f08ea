import type { z } from 'zod';
import type { approvalDecision, approvalList } from '#domain/approval/approval.schema.ts';
import type { auditEntryView } from '#domain/audit/audit.schema.ts';
import type { sessionList } from '#domain/person/session.schema.ts';
import type {
  changedPolicy,
  newPolicy,
  policyDiff,
  policyList,
  policyUpdate,
  policyVersions,
  policyView,
} from '#domain/policy/change.schema.ts';
import type { evaluateQuestion, policyEvaluation } from '#domain/policy/explain.schema.ts';
import type {
  canaryView,
  impactQuestion,
  impactView,
  newPolicySettings,
  policySettings,
} from '#domain/policy/impact.schema.ts';
import type { requestList, requestSummary, resolveRequest } from '#domain/request/request.schema.ts';
import type { newTenant, tenantList } from '#domain/tenant/tenant.schema.ts';

/**
 * The shapes of the public API. They are inferred from the schemas that the OpenAPI document is printed from, so page and
 * document cannot part. Types only: a value import would carry zod into the bundle (test/web/build.test.ts looks).
 */
export type { ApprovalView } from '#domain/approval/approval.schema.ts';
export type { AuditPage } from '#domain/audit/audit.schema.ts';
export type { SessionView, UserInfo } from '#domain/person/session.schema.ts';
export type { RequestView } from '#domain/request/request.schema.ts';
export type { TenantStatusView, TenantView } from '#domain/tenant/tenant.schema.ts';

export type RequestSummary = z.infer<typeof requestSummary>;
export type RequestPage = z.infer<typeof requestList>;
export type Resolve = z.infer<typeof resolveRequest>;
export type ApprovalPage = z.infer<typeof approvalList>;
export type Decide = z.infer<typeof approvalDecision>;

export type PolicyView = z.infer<typeof policyView>;
export type PolicyPage = z.infer<typeof policyList>;
export type PolicyVersions = z.infer<typeof policyVersions>;
export type PolicyDiff = z.infer<typeof policyDiff>;
export type NewPolicy = z.input<typeof newPolicy>;
export type PolicyUpdate = z.input<typeof policyUpdate>;
export type ChangedPolicy = z.infer<typeof changedPolicy>;
export type ImpactQuestion = z.input<typeof impactQuestion>;
export type ImpactView = z.infer<typeof impactView>;
export type PolicyCanary = z.infer<typeof canaryView>;
export type PolicySettings = z.infer<typeof policySettings>;
export type NewPolicySettings = z.input<typeof newPolicySettings>;

export type PolicyQuestion = z.input<typeof evaluateQuestion>;
export type PolicyEvaluation = z.infer<typeof policyEvaluation>;

export type AuditEntryView = z.infer<typeof auditEntryView>;

/** A signed head of the audit log (docs/audit-format.md), as far as the page shows it. */
export interface AuditHead {
  keyId: string;
  claims: { n: number; size: number; rootHash: string; at: string };
}

export interface AuditHeads {
  heads: readonly AuditHead[];
}

export interface AuditProof {
  entry_id: string;
  /** From 0. */
  position: number;
  leaf_hash: string;
  head: AuditHead;
}

export type SessionPage = z.infer<typeof sessionList>;
export type TenantPage = z.infer<typeof tenantList>;
export type NewTenant = z.input<typeof newTenant>;
