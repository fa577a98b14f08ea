/**
 * What is missing or wrong: the kinds of `ledger.find_gaps`; an effect that the request counts as done; an entry that is not
 * what was recorded (governance/upkeep/reconcile-entries.ts), came in the older form after that had ended, or carries no proof of
 * ours (stores/audit/entry-proof.ts); a difference
 * between a request and its workflow (governance/upkeep/reconcile-workflows.ts), or between the record and the policies
 * (governance/upkeep/reconcile-policies.ts).
 */
export type GapKind =
  | 'claim_without_outcome'
  | 'claim_without_intent'
  | 'claim_without_decision'
  | 'attempt_without_decision'
  | 'outcome_without_entry'
  | 'decision_without_entry'
  | 'entry_without_decision'
  | 'leaf_without_entry'
  | 'entry_changed'
  | 'entry_unreadable'
  | 'entry_without_place'
  | 'entry_foreign'
  | 'done_without_success'
  | 'workflow_without_request'
  | 'workflow_done_request_open'
  | 'workflow_broken_request_open'
  | 'request_done_workflow_running'
  | 'entry_without_policy_change'
  | 'policy_without_entry'
  | 'policy_unproven';

export interface Gap {
  kind: GapKind;
  /** The effect, attempt, decision, entry, request or version of a policy that it is about. */
  ref: string;
}

/** ISO 8601: what was written from `after` on, but before `before`. */
export interface GapSpan {
  after: string;
  before: string;
}
