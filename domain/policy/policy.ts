/** Levels of the hierarchy, most authority first; a lower one restricts and never widens (spec/enterprise.md §1.3). */
export const policyLevels = ['enterprise', 'org', 'team', 'user'] as const;

export type PolicyLevel = (typeof policyLevels)[number];

/** The seven domains (spec/enterprise.md §1.3). */
export type PolicyDomain =
  | 'models'
  | 'actions'
  | 'integrations'
  | 'agent_to_agent'
  | 'features'
  | 'data'
  | 'audit';

export type PolicyStatus = 'draft' | 'active' | 'deprecated';

/**
 * Where a policy applies. `orgUnit` is the slash path for org and team, `userId` the person for user; a user's policy
 * may have the person's unit too, against whose levels it was checked.
 */
export interface PolicyScope {
  level: PolicyLevel;
  orgUnit: string | null;
  userId: string | null;
}

/** A policy as it is stored: customers' policies are data, the Rego is ours. */
export interface Policy {
  /** `pol_…` */
  id: string;
  name: string;
  domain: PolicyDomain;
  scope: PolicyScope;
  /** From 1. */
  version: number;
  status: PolicyStatus;
  rules: Readonly<Record<string, unknown>>;
  /** The ceiling for the values of levels below; `null` = the value itself (decisions.md 25). */
  mayGrant: Readonly<Record<string, unknown>> | null;
  /**
   * The canary of a draft: the people (sub claims) for whom it already holds, in place of the active policy at its
   * position.
   */
  canaryFor?: readonly string[];
  /** The version whose content it took over, in whole or in part. */
  basedOn?: number;
  /** Nothing proves that we wrote it: it is shown as that, and never followed. */
  unproven?: true;
  changeReason: string;
  createdBy: string;
  /** ISO 8601. */
  createdAt: string;
}
