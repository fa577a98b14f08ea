import type { Policy } from './policy.ts';

/** How far an action may go by itself, loosest first (spec/enterprise.md §1.3). */
export const autonomyLevels = ['autonomous', 'notify', 'approve', 'block'] as const;

type Autonomy = (typeof autonomyLevels)[number];

/** What a connector may be used for, loosest first. */
export const permissions = ['read_write', 'read'] as const;

type Permission = (typeof permissions)[number];

export interface ActionsRules {
  default_autonomy?: Autonomy | undefined;
  action_overrides?: Readonly<Record<string, Autonomy>> | undefined;
}

export interface ConnectorOverride {
  /** Missing = the level's `default_permission`, else `read`. */
  permission?: Permission | undefined;
  /** Missing = every read of the connector and no write. */
  allowed_operations?: readonly string[] | undefined;
}

export interface IntegrationsRules {
  allowed_connectors?: readonly string[] | undefined;
  default_permission?: Permission | undefined;
  connector_overrides?: Readonly<Record<string, ConnectorOverride>> | undefined;
}

/** The rules of each domain that is governed today; the other five of the seven are lines to add. */
export interface RulesOf {
  actions: ActionsRules;
  integrations: IntegrationsRules;
}

export type GovernedDomain = keyof RulesOf;

/** In the order in which reasons are told. */
export const governedDomains = ['actions', 'integrations'] as const satisfies readonly GovernedDomain[];

/** A policy whose rules have passed the schema of its domain. */
export interface CheckedPolicy<D extends GovernedDomain>
  extends Omit<Policy, 'domain' | 'rules' | 'mayGrant'> {
  domain: D;
  rules: RulesOf[D];
  mayGrant: RulesOf[D] | null;
}
