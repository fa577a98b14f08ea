import type { CheckedPolicy, GovernedDomain, RulesOf } from './rules.ts';

type Overlay<Rules> = (rules: Rules, above: Rules) => Rules;

const plain = <Rules>(rules: Rules, above: Rules): Rules => ({ ...rules, ...above });

/** Maps are merged key by key; what is said of one action or one connector is one statement. */
const overlays: { readonly [D in GovernedDomain]: Overlay<RulesOf[D]> } = {
  actions: (rules, above) => ({
    ...rules,
    ...above,
    action_overrides: { ...rules.action_overrides, ...above.action_overrides },
  }),
  integrations: (rules, above) => ({
    ...rules,
    ...above,
    connector_overrides: { ...rules.connector_overrides, ...above.connector_overrides },
  }),
  models: plain,
  agent_to_agent: plain,
  features: plain,
  data: plain,
  audit: plain,
};

/** The ceiling for the values of levels below: `may_grant` where it speaks, else the value itself. */
export function ceilingRules<D extends GovernedDomain>(policy: CheckedPolicy<D>): RulesOf[D] {
  const { domain, rules, mayGrant } = policy;
  return mayGrant === null ? rules : overlays[domain](rules, mayGrant);
}
