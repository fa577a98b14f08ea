import type { ActionFacts, Origin } from '#domain/action/action.ts';
import type { MatchedRule } from '#domain/policy/decision.ts';

/** A rule of the system itself, not of a policy. */
export function ownRule(
  domain: string,
  verdict: MatchedRule['verdict'],
  code: string,
  rule: unknown = null,
): MatchedRule {
  return {
    domain,
    verdict,
    code,
    level: 'none',
    policyId: null,
    policyName: null,
    policyVersion: null,
    rule,
    constraints: {},
  };
}

/** Text from outside never acts on the world without a person's approval (architecture §5). */
export function rulesOfOrigin(
  { effect }: Pick<ActionFacts, 'effect'>,
  origin: Origin,
): readonly MatchedRule[] {
  const needsHuman = origin === 'outside' && effect !== 'read';
  return needsHuman ? [ownRule('origin', 'require_approval', 'outside_origin')] : [];
}
