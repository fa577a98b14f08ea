import { classifications } from '../classification/classification.ts';
import { actionsFields } from './actions-fields.ts';
import {
  allowList,
  allowSwitch,
  blockList,
  ceiling,
  duty,
  enterpriseOnly,
  floor,
  type PolicyField,
  word,
} from './field.ts';
import { integrationsFields } from './integrations-fields.ts';
import {
  type AgentToAgentRules,
  type AuditRules,
  autonomyLevels,
  type DataRules,
  type FeaturesRules,
  features,
  type GovernedDomain,
  type ModelsRules,
  type RulesOf,
  reclassificationDirections,
  teamLeadVisibilities,
} from './rules.ts';

/** A ceiling on labels: the lower label is stricter. */
const labelCeiling = classifications.toReversed();

const modelsFields: readonly PolicyField<ModelsRules>[] = [
  allowList('allowed_models', { read: (rules) => rules.allowed_models, unsaid: 'all' }),
  allowSwitch('allow_external_models', { read: (rules) => rules.allow_external_models, unsaid: false }),
  ceiling('max_tokens_per_request', { read: (rules) => rules.max_tokens_per_request }),
  ceiling('max_tokens_per_day', { read: (rules) => rules.max_tokens_per_day }),
  allowList('confidential_data_models', { read: (rules) => rules.confidential_data_models, unsaid: [] }),
  allowList('restricted_data_models', { read: (rules) => rules.restricted_data_models, unsaid: [] }),
];

const agentToAgentFields: readonly PolicyField<AgentToAgentRules>[] = [
  allowSwitch('allow_inbound', { read: (rules) => rules.allow_inbound, unsaid: false }),
  allowSwitch('allow_outbound', { read: (rules) => rules.allow_outbound, unsaid: false }),
  word('max_classification_outbound', {
    read: (rules) => rules.max_classification_outbound,
    order: labelCeiling,
    unsaid: 'public',
  }),
  allowList('allowed_peers', { read: (rules) => rules.allowed_peers, unsaid: 'all' }),
  blockList('blocked_peers', (rules) => rules.blocked_peers),
  duty('require_encryption', { read: (rules) => rules.require_encryption, unsaid: true }),
  ceiling('loop_prevention_max_hops', { read: (rules) => rules.loop_prevention_max_hops, unsaid: 5 }),
];

const featuresFields: readonly PolicyField<FeaturesRules>[] = [
  ...features.map((feature) =>
    allowSwitch<FeaturesRules>(feature, { read: (rules) => rules[feature], unsaid: false }),
  ),
  word('auto_response_autonomy', {
    read: (rules) => rules.auto_response_autonomy,
    order: autonomyLevels,
    unsaid: 'approve',
  }),
];

const dataFields: readonly PolicyField<DataRules>[] = [
  word('default_classification', {
    read: (rules) => rules.default_classification,
    order: classifications,
    unsaid: 'internal',
  }),
  allowSwitch('allow_ai_reclassification', {
    read: (rules) => rules.allow_ai_reclassification,
    unsaid: true,
  }),
  word('ai_reclassification_direction', {
    read: (rules) => rules.ai_reclassification_direction,
    order: reclassificationDirections,
    unsaid: 'upgrade_only',
  }),
  // Who asked for something never sets how long it can be seen.
  enterpriseOnly(ceiling('retention_days', { read: (rules) => rules.retention_days, unsaid: 365 })),
  enterpriseOnly(
    ceiling('ephemeral_data_ttl_hours', { read: (rules) => rules.ephemeral_data_ttl_hours, unsaid: 24 }),
  ),
  allowSwitch('allow_data_export', { read: (rules) => rules.allow_data_export, unsaid: true }),
  word('export_max_classification', {
    read: (rules) => rules.export_max_classification,
    order: labelCeiling,
    unsaid: 'internal',
  }),
];

/** What is on record, for how long, and who takes it out: nobody who is on record says that. */
const recordFields: readonly PolicyField<AuditRules>[] = [
  duty('log_all_actions', { read: (rules) => rules.log_all_actions, unsaid: true }),
  duty('log_policy_decisions', { read: (rules) => rules.log_policy_decisions, unsaid: true }),
  duty('log_data_access', { read: (rules) => rules.log_data_access, unsaid: true }),
  duty('log_model_calls', { read: (rules) => rules.log_model_calls, unsaid: true }),
  duty('log_token_counts', { read: (rules) => rules.log_token_counts, unsaid: true }),
  floor('minimum_retention_days', { read: (rules) => rules.minimum_retention_days, unsaid: 365 }),
  allowSwitch('allow_export', { read: (rules) => rules.allow_export, unsaid: false }),
  allowList('export_roles', { read: (rules) => rules.export_roles, unsaid: ['enterprise_admin'] }),
];

const auditFields: readonly PolicyField<AuditRules>[] = [
  ...recordFields.map(enterpriseOnly),
  // No duty that reaches the tenant: how far a lead sees into their own unit, which the unit may narrow.
  word('team_lead_visibility', {
    read: (rules) => rules.team_lead_visibility,
    order: teamLeadVisibilities,
    unsaid: 'team',
  }),
];

/** Field → direction, domain by domain (spec/decisions.md 25). */
export const policyFields: { readonly [D in GovernedDomain]: readonly PolicyField<RulesOf[D]>[] } = {
  actions: actionsFields,
  integrations: integrationsFields,
  models: modelsFields,
  agent_to_agent: agentToAgentFields,
  features: featuresFields,
  data: dataFields,
  audit: auditFields,
};
