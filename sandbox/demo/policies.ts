import type { Policy } from '#domain/policy/policy.ts';
import { parseNewPolicy } from '#governance/policy/change/parse-new-policy.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import acmeEngineering from './acme-engineering-github-write.json' with { type: 'json' };

/** What the demo tenant `acme` starts with: the shipped policies and, beneath them, the example of seed 000. */
export function demoPolicies(made: { by: string; at: Date }): readonly Policy[] {
  const shipped = shippedPolicies(made);
  return [...shipped, parseNewPolicy(acmeEngineering, { among: shipped, ...made })];
}
