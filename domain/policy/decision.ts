import type { Classification } from '../classification/classification.ts';
import type { Role } from '../person/role.ts';
import type { Verdict } from './verdict.ts';

/** One rule that had a say, with the content that mattered (not the version: an unrelated edit changes nothing). */
export interface MatchedRule {
  domain: string;
  verdict: Verdict;
  /** Code of the reason, for example `approval_required`, `operation_not_allowed`. */
  code: string;
  /** Level that decided: enterprise, org, team, user; `none` when no policy speaks. */
  level: string;
  policyId: string | null;
  policyName: string | null;
  policyVersion: number | null;
  /** The rule's own value, for example `{ "github_issue_comment": "approve" }`. */
  rule: unknown;
  /**
   * Conditions and limits that come with the verdict (spec/enterprise.md §1.4); decisions of the first release have
   * none.
   */
  constraints?: Readonly<Record<string, unknown>>;
}

/** Who may decide an approval (spec/decisions.md 35). */
export interface Approvers {
  role: Role;
  /** The requester's org unit; an approver's unit has to cover it or be the same. */
  orgUnit: string;
}

/** What policy said about one action, ready to be recorded. */
export interface Decision {
  decisionId: string;
  verdict: Verdict;
  /** The reason in words. */
  reason: string;
  rules: readonly MatchedRule[];
  /** `pol_…@3`, joined by comma; empty when nothing matched. */
  policyApplied: string;
  classification: Classification;
  approvers: Approvers;
  /** SHA-256 (hex) over canonical JSON of action, verdict, rule content and approvers. */
  digest: string;
  /** ISO 8601. */
  at: string;
}
