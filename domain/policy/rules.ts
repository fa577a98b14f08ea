import type { Classification } from '../classification/classification.ts';
import type { Role } from '../person/role.ts';
import type { Policy } from './policy.ts';

/** How far an action may go by itself, loosest first (spec/enterprise.md §1.3). */
export const autonomyLevels = ['autonomous', 'notify', 'approve', 'block'] as const;

export type Autonomy = (typeof autonomyLevels)[number];

/** What a connector may be used for, loosest first. */
export const connectorPermissions = ['read_write', 'read'] as const;

export type ConnectorPermission = (typeof connectorPermissions)[number];

/** The features that a policy switches, in the order of spec/enterprise.md §1.3. */
export const features = [
  'task_intelligence',
  'auto_response',
  'work_tracking',
  'org_intelligence',
  'visualization',
] as const;

export type Feature = (typeof features)[number];

/** How a model may re-classify data: labels only go up. */
export const reclassificationDirections = ['upgrade_only'] as const;

/** Which audit entries a team lead sees, loosest first: those of their unit and below, or only their own. */
export const teamLeadVisibilities = ['team', 'own'] as const;

export type TeamLeadVisibility = (typeof teamLeadVisibilities)[number];

export interface ActionsRules {
  default_autonomy?: Autonomy | undefined;
  action_overrides?: Readonly<Record<string, Autonomy>> | undefined;
}

export interface ConnectorOverride {
  /** Missing = the level's `default_permission`, else `read`. */
  permission?: ConnectorPermission | undefined;
  /** Missing = every read of the connector and no write. */
  allowed_operations?: readonly string[] | undefined;
}

export interface IntegrationsRules {
  allowed_connectors?: readonly string[] | undefined;
  default_permission?: ConnectorPermission | undefined;
  connector_overrides?: Readonly<Record<string, ConnectorOverride>> | undefined;
}

export interface ModelsRules {
  /** Missing = every model; external ones only where `allow_external_models`. */
  allowed_models?: readonly string[] | undefined;
  allow_external_models?: boolean | undefined;
  max_tokens_per_request?: number | undefined;
  max_tokens_per_day?: number | undefined;
  /** External models that may be given confidential data; self-hosted ones need no mention. */
  confidential_data_models?: readonly string[] | undefined;
  restricted_data_models?: readonly string[] | undefined;
}

export interface AgentToAgentRules {
  allow_inbound?: boolean | undefined;
  allow_outbound?: boolean | undefined;
  max_classification_outbound?: Classification | undefined;
  /** People and org units; missing = every one of the tenant. */
  allowed_peers?: readonly string[] | undefined;
  blocked_peers?: readonly string[] | undefined;
  require_encryption?: boolean | undefined;
  loop_prevention_max_hops?: number | undefined;
}

export type FeaturesRules = { [F in Feature]?: boolean | undefined } & {
  auto_response_autonomy?: Autonomy | undefined;
};

export interface DataRules {
  /** Label of data that has none of its own. */
  default_classification?: Classification | undefined;
  allow_ai_reclassification?: boolean | undefined;
  ai_reclassification_direction?: (typeof reclassificationDirections)[number] | undefined;
  retention_days?: number | undefined;
  ephemeral_data_ttl_hours?: number | undefined;
  allow_data_export?: boolean | undefined;
  export_max_classification?: Classification | undefined;
}

export interface AuditRules {
  log_all_actions?: boolean | undefined;
  log_policy_decisions?: boolean | undefined;
  log_data_access?: boolean | undefined;
  log_model_calls?: boolean | undefined;
  log_token_counts?: boolean | undefined;
  /** At least 365. */
  minimum_retention_days?: number | undefined;
  allow_export?: boolean | undefined;
  export_roles?: readonly Role[] | undefined;
  /** Missing = `team` (spec/decisions.md 17). */
  team_lead_visibility?: TeamLeadVisibility | undefined;
}

/** The rules of each domain (spec/enterprise.md §1.3, dialect A). */
export interface RulesOf {
  actions: ActionsRules;
  integrations: IntegrationsRules;
  models: ModelsRules;
  agent_to_agent: AgentToAgentRules;
  features: FeaturesRules;
  data: DataRules;
  audit: AuditRules;
}

export type GovernedDomain = keyof RulesOf;

/** The governed domains, in the order in which reasons are given. */
export const governedDomains = [
  'actions',
  'integrations',
  'models',
  'agent_to_agent',
  'features',
  'data',
  'audit',
] as const satisfies readonly GovernedDomain[];

/** A policy whose rules have passed the schema of its domain. */
export interface CheckedPolicy<D extends GovernedDomain>
  extends Omit<Policy, 'domain' | 'rules' | 'mayGrant'> {
  domain: D;
  rules: RulesOf[D];
  mayGrant: RulesOf[D] | null;
}
