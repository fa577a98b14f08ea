import { z } from 'zod';
import { classifications } from '../classification/classification.ts';
import { roles } from '../person/role.ts';
import {
  autonomyLevels,
  connectorPermissions,
  type GovernedDomain,
  type RulesOf,
  reclassificationDirections,
  teamLeadVisibilities,
} from './rules.ts';

/** Names of actions, connectors and operations: no dots or stars, which have a meaning in points of a merged policy. */
const name = z.string().regex(/^[a-z][a-z0-9_-]{0,79}$/, 'lower-case letters, digits, _ and -');
const names = z.array(name).max(500);

/** Names of models and peers, which others choose: `gpt-5.1`, `openai/gpt-oss:20b`, `ada@example.com`. */
const foreignName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,199}$/, 'letters, digits and . _ : @ / + -');
const foreignNames = z.array(foreignName).max(500);

const autonomy = z.enum(autonomyLevels);
const label = z.enum(classifications);
const tokens = z.int().min(0).max(1_000_000_000);
/** A century: anything longer is a typing error. */
const days = z.int().min(1).max(36_500);

/** The rules of each domain (spec/enterprise.md §1.3); every field may be left out, none may be unknown. */
export const policyRules: { readonly [D in GovernedDomain]: z.ZodType<RulesOf[D]> } = {
  actions: z
    .strictObject({ default_autonomy: autonomy, action_overrides: z.record(name, autonomy) })
    .partial(),
  integrations: z
    .strictObject({
      allowed_connectors: names,
      default_permission: z.enum(connectorPermissions),
      connector_overrides: z.record(
        name,
        z.strictObject({ permission: z.enum(connectorPermissions), allowed_operations: names }).partial(),
      ),
    })
    .partial(),
  models: z
    .strictObject({
      allowed_models: foreignNames,
      allow_external_models: z.boolean(),
      max_tokens_per_request: tokens,
      max_tokens_per_day: tokens,
      confidential_data_models: foreignNames,
      restricted_data_models: foreignNames,
    })
    .partial(),
  agent_to_agent: z
    .strictObject({
      allow_inbound: z.boolean(),
      allow_outbound: z.boolean(),
      max_classification_outbound: label,
      allowed_peers: foreignNames,
      blocked_peers: foreignNames,
      require_encryption: z.boolean(),
      loop_prevention_max_hops: z.int().min(0).max(100),
    })
    .partial(),
  features: z
    .strictObject({
      task_intelligence: z.boolean(),
      auto_response: z.boolean(),
      work_tracking: z.boolean(),
      org_intelligence: z.boolean(),
      visualization: z.boolean(),
      auto_response_autonomy: autonomy,
    })
    .partial(),
  data: z
    .strictObject({
      default_classification: label,
      allow_ai_reclassification: z.boolean(),
      ai_reclassification_direction: z.enum(reclassificationDirections),
      retention_days: days,
      ephemeral_data_ttl_hours: z.int().min(1).max(8_784),
      allow_data_export: z.boolean(),
      export_max_classification: label,
    })
    .partial(),
  audit: z
    .strictObject({
      log_all_actions: z.boolean(),
      log_policy_decisions: z.boolean(),
      log_data_access: z.boolean(),
      log_model_calls: z.boolean(),
      log_token_counts: z.boolean(),
      minimum_retention_days: days.min(365, 'at least 365: the floor of the product'),
      allow_export: z.boolean(),
      export_roles: z.array(z.enum(roles)).max(roles.length),
      team_lead_visibility: z.enum(teamLeadVisibilities),
    })
    .partial(),
};
