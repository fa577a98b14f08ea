import type { GovernedDomain, RulesOf } from '#domain/policy/rules.ts';

/** The rules with which a new policy begins: the strict side, so that saving it unread loosens nothing. */
const beginnings: { readonly [D in GovernedDomain]: RulesOf[D] } = {
  actions: { default_autonomy: 'approve', action_overrides: {} },
  integrations: { allowed_connectors: [], default_permission: 'read' },
  models: { allow_external_models: false, max_tokens_per_request: 8_000 },
  agent_to_agent: { allow_outbound: false, max_classification_outbound: 'public' },
  features: { auto_response: false },
  data: { allow_data_export: false },
  audit: { allow_export: false },
};

export function newPolicyRules(domain: GovernedDomain): RulesOf[GovernedDomain] {
  return beginnings[domain];
}
