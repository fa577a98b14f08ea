import type { MatchedRule } from '#domain/decision.ts';
import type { ErrorCode } from '#domain/error.ts';
import { strictest } from '#domain/verdict.ts';

type Words = (rule: MatchedRule) => string;

const words: Readonly<Record<string, Words>> = {
  no_policy: () => 'No matching policy found. Default: deny.',
  undecided: () => 'No matching policy found. Default: deny.',
  policy_engine_error: () => 'Policy could not be evaluated, so the action is denied.',
  unknown_action: (rule) => `${subject(rule)} is not a known action.`,
  requester_unconfirmed: () => 'The rights of the person who asked can no longer be confirmed.',
  outside_origin: () => 'Its content comes from outside, so a person has to approve it first.',
  autonomous: (rule) => `${author(rule)} lets ${subject(rule)} run by itself.`,
  notify: (rule) => `${author(rule)} lets ${subject(rule)} run and tells the user.`,
  approval_required: (rule) => `${author(rule)} wants a person to approve ${subject(rule)} first.`,
  blocked: (rule) => `${subject(rule)} is blocked by ${author(rule)}.`,
  connector_not_allowed: (rule) =>
    `${fact(rule, 'connector')} is not among the connectors that ${author(rule)} allows.`,
  permission_read: (rule) =>
    `${fact(rule, 'operation')} would write, and ${author(rule)} lets ${fact(rule, 'connector')} only be read.`,
  operation_not_allowed: (rule) =>
    `${fact(rule, 'operation')} is not among the operations that ${author(rule)} allows for ${fact(rule, 'connector')}.`,
  operation_allowed: (rule) =>
    `${author(rule)} allows ${fact(rule, 'operation')} for ${fact(rule, 'connector')}.`,
};

/** The reason for people: one sentence for each rule that has the strictest verdict. */
export function reasonInWords(rules: readonly MatchedRule[]): string {
  if (rules.length === 0) return 'No matching policy found. Default: deny.';
  const verdict = strictest(rules.map((rule) => rule.verdict));
  const sentences = rules.filter((rule) => rule.verdict === verdict).map(ruleInWords);
  return [...new Set(sentences)].join(' ');
}

/** The error a verdict becomes where it is thrown; `undefined` when the rules let the action run. */
export function policyErrorCode(rules: readonly MatchedRule[]): ErrorCode | undefined {
  const verdict = strictest(rules.map((rule) => rule.verdict));
  if (verdict === 'require_approval') return 'POLICY_APPROVAL_REQUIRED';
  if (verdict !== 'deny') return undefined;
  const denials = rules.filter((rule) => rule.verdict === 'deny');
  const onlyBroken = denials.length > 0 && denials.every((rule) => rule.code === 'policy_engine_error');
  return onlyBroken ? 'POLICY_ENGINE_UNREACHABLE' : 'POLICY_DENIED';
}

function ruleInWords(rule: MatchedRule): string {
  const say = Object.hasOwn(words, rule.code) ? words[rule.code] : undefined;
  return say?.(rule) ?? `The ${rule.domain} policy answers ${rule.verdict} (${rule.code}).`;
}

function author({ policyName, level }: MatchedRule): string {
  return policyName === null ? 'policy' : `"${policyName}" (${level})`;
}

/** The action that a rule of the actions domain names. */
function subject({ rule }: MatchedRule): string {
  return typeof rule === 'object' && rule !== null ? (Object.keys(rule)[0] ?? 'the action') : 'the action';
}

function fact({ rule }: MatchedRule, name: string): string {
  if (typeof rule !== 'object' || rule === null) return `the ${name}`;
  const value = Object.entries(rule).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : `the ${name}`;
}
