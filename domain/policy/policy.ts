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
 * may carry the person's unit, for the levels above that it was checked against.
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
  /** The ceiling that levels below may set their values within; `null` = the value itself (decisions.md 25). */
  mayGrant: Readonly<Record<string, unknown>> | null;
  /** Only on a draft that holds for a few people first (sub claims), in place of what is active at its position. */
  canaryFor?: readonly string[];
  changeReason: string;
  createdBy: string;
  /** ISO 8601. */
  createdAt: string;
}
