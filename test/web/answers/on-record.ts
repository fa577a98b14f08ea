import type { ApprovalView } from '#domain/approval/approval.schema.ts';
import type { AuditEntryView } from '#domain/audit/audit.schema.ts';
import type { SessionView, UserInfo } from '#domain/person/session.schema.ts';
import type { PolicyView } from '#domain/policy/change.schema.ts';
import type { PolicyChangeReview } from '#domain/policy/impact.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import type { StatusProblems } from '#domain/status/status.schema.ts';
import type { TenantView } from '#domain/tenant/tenant.schema.ts';

/** What a test has put on record; answers are made of it, and changes change it. */
export interface OnRecord {
  who: UserInfo | undefined;
  requests: RequestView[];
  approvals: ApprovalView[];
  /** Every version of every policy. */
  policies: PolicyView[];
  /** Who has the draft that is a canary first. */
  canaryUsers: string[];
  policyChangeReview: PolicyChangeReview;
  /** One page a list. */
  auditPages: AuditEntryView[][];
  /** False: no head covers any entry. */
  sealed: boolean;
  sessions: SessionView[];
  tenants: TenantView[];
  problems: StatusProblems['problems'];
  /** The provider's page that sign-out leads to. */
  endSessionUrl: string | null;
  /** Those who follow a request, by what writes to them. */
  followers: Map<(chunk: string) => void, string>;
}

/** When things happen that a test does. */
export const recordedNow = '2026-01-11T12:00:00.000Z';

export function emptyRecord(): OnRecord {
  return {
    who: undefined,
    requests: [],
    approvals: [],
    policies: [],
    canaryUsers: [],
    policyChangeReview: 'off',
    auditPages: [[]],
    sealed: true,
    sessions: [],
    tenants: [],
    problems: [],
    endSessionUrl: null,
    followers: new Map(),
  };
}
