import { policyAnswer } from '#domain/policy/answer.schema.ts';
import type { MatchedRule } from '#domain/policy/decision.ts';
import type { GovernedDomain } from '#domain/policy/rules.ts';
import type { LoadedPolicy } from '#platform/opa/engine.ts';
import { ownRule } from '../own-rules.ts';

/** What a policy engine is asked: the Rego contract's input (spec/enterprise.md §1.4). */
export type PolicyInput = Readonly<Record<string, unknown>>;

interface Asking {
  loaded: LoadedPolicy;
  input: PolicyInput;
  failed: (domain: GovernedDomain, cause: unknown) => MatchedRule[];
}

/** Returns no promise where the engine returns none: the engine in this process answers synchronously. */
export function askDomains(
  domains: readonly GovernedDomain[],
  { loaded, input, failed }: Asking,
): MatchedRule[] | Promise<MatchedRule[]> {
  const answers = domains.map((domain) => {
    try {
      const answer = loaded.evaluate(entrypoints[domain], input);
      return answer instanceof Promise
        ? answer.then((value) => ruleOf(domain, value)).catch((cause: unknown) => failed(domain, cause))
        : ruleOf(domain, answer);
    } catch (cause) {
      return failed(domain, cause);
    }
  });
  return answers.some((answer) => answer instanceof Promise)
    ? Promise.all(answers.map((answer) => Promise.resolve(answer))).then((rules) => rules.flat())
    : answers.flatMap((rules) => (rules instanceof Promise ? [] : rules));
}

function ruleOf(domain: GovernedDomain, value: unknown): MatchedRule[] {
  const answer = policyAnswer.parse(value);
  if (!answer.applicable) return [];
  const by = answer.decided_by;
  return [
    {
      domain,
      verdict: answer.verdict,
      code: answer.code,
      level: by?.level ?? 'none',
      policyId: by?.policy_id ?? null,
      policyName: by?.policy_name ?? null,
      policyVersion: by?.policy_version ?? null,
      rule: answer.rule,
      constraints: answer.constraints,
    },
  ];
}

/** One entry point for each domain, as policies/build.ts names them. */
export const entrypoints: Readonly<Record<GovernedDomain, string>> = {
  actions: 'openclaw/enterprise/actions/decision',
  integrations: 'openclaw/enterprise/integrations/decision',
  models: 'openclaw/enterprise/models/decision',
  agent_to_agent: 'openclaw/enterprise/agent_to_agent/decision',
  features: 'openclaw/enterprise/features/decision',
  data: 'openclaw/enterprise/data/decision',
  audit: 'openclaw/enterprise/audit/decision',
};

/** A denial that comes from no policy. */
export function denial(domain: string, code: string, rule: unknown): MatchedRule {
  return ownRule(domain, 'deny', code, rule);
}
