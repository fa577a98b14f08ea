import type { ErrorCode } from '#domain/error.ts';
import type { MatchedRule } from '#domain/policy/decision.ts';
import { strictest } from '#domain/policy/verdict.ts';

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
  model_allowed: (rule) => `${author(rule)} allows the model ${fact(rule, 'model')}.`,
  model_not_allowed: (rule) => `${fact(rule, 'model')} is not among the models that ${author(rule)} allows.`,
  external_model: (rule) => `${fact(rule, 'model')} is an external model, and ${author(rule)} allows none.`,
  label_kept_inside: (rule) =>
    `${author(rule)} does not name ${fact(rule, 'model')} for ${fact(rule, 'classification')} data, which stays with self-hosted models.`,
  tokens_per_request: (rule) =>
    `The call takes more than the ${fact(rule, 'max_tokens_per_request')} tokens that ${author(rule)} allows at once.`,
  tokens_per_day: (rule) =>
    `The ${fact(rule, 'max_tokens_per_day')} tokens that ${author(rule)} allows in a day would be exceeded.`,
  cross_enterprise: () => 'Assistants of different tenants never exchange anything.',
  cross_org: () => 'An exchange between organisations is an action of its own, which this is not.',
  exchange_type_unknown: () => 'The exchange is of no known type.',
  exchange_allowed: (rule) => `${author(rule)} allows the exchange.`,
  commitment: (rule) => `${fact(rule, 'exchange_type')} commits a person, so a person has to agree first.`,
  direction_not_allowed: (rule) => `${author(rule)} does not allow ${fact(rule, 'direction')} exchanges.`,
  peer_blocked: (rule) => `${author(rule)} blocks exchanges with ${fact(rule, 'peer')}.`,
  peer_not_allowed: (rule) => `${fact(rule, 'peer')} is not among the peers that ${author(rule)} allows.`,
  too_many_hops: (rule) =>
    `The message went over more than the ${fact(rule, 'loop_prevention_max_hops')} hops that ${author(rule)} allows.`,
  encryption_required: (rule) => `${author(rule)} requires exchanges to be encrypted.`,
  label_too_high: (rule) =>
    `${fact(rule, 'classification')} data is above the ${fact(rule, 'max_classification_outbound')} that ${author(rule)} lets out.`,
  feature_on: (rule) => `${author(rule)} has ${fact(rule, 'feature')} on.`,
  feature_off: (rule) => `${author(rule)} has ${fact(rule, 'feature')} off.`,
  feature_unknown: () => 'No such feature is known.',
  response_notify: (rule) => `${author(rule)} lets responses be sent and tells the user.`,
  response_approval: (rule) => `${author(rule)} wants a person to approve each response first.`,
  response_blocked: (rule) => `${author(rule)} blocks automatic responses.`,
  export_allowed: (rule) =>
    `${author(rule)} lets data up to ${fact(rule, 'export_max_classification')} leave.`,
  export_not_allowed: (rule) => `${author(rule)} does not allow data to be exported.`,
  export_label: (rule) =>
    `${fact(rule, 'classification')} data is above the ${fact(rule, 'export_max_classification')} that ${author(rule)} lets leave.`,
  audit_export_allowed: (rule) => `${author(rule)} lets the role ${fact(rule, 'role')} export the audit log.`,
  audit_export_not_allowed: (rule) => `${author(rule)} does not allow the audit log to be exported.`,
  audit_export_role: (rule) =>
    `${fact(rule, 'role')} is not among the roles that ${author(rule)} lets export the audit log.`,
  customer_policy: (rule) => `The policy bundle ${fact(rule, 'bundle')} says: ${fact(rule, 'reason')}.`,
  customer_policy_failed: () =>
    'A policy bundle of the organisation could not be evaluated, so the action is denied.',
};

/** The reason in words: one sentence for each rule that has the strictest verdict. */
export function reasonInWords(rules: readonly MatchedRule[]): string {
  if (rules.length === 0) return 'No matching policy found. Default: deny.';
  const verdict = strictest(rules.map((rule) => rule.verdict));
  const sentences = rules.filter((rule) => rule.verdict === verdict).map(ruleInWords);
  return [...new Set(sentences)].join(' ');
}

/** Denials that are not about the action: policy could not be asked. */
export const brokenCodes: ReadonlySet<string> = new Set(['policy_engine_error', 'customer_policy_failed']);

/** The error code to throw for these rules; `undefined` when they allow the action. */
export function policyErrorCode(rules: readonly MatchedRule[]): ErrorCode | undefined {
  const verdict = strictest(rules.map((rule) => rule.verdict));
  if (verdict === 'require_approval') return 'POLICY_APPROVAL_REQUIRED';
  if (verdict !== 'deny') return undefined;
  const denials = rules.filter((rule) => rule.verdict === 'deny');
  const onlyBroken = denials.length > 0 && denials.every(({ code }) => brokenCodes.has(code));
  if (onlyBroken) return 'POLICY_ENGINE_UNREACHABLE';
  if (denials.some(({ code }) => code === 'cross_enterprise')) return 'CROSS_ENTERPRISE_BLOCKED';
  return 'POLICY_DENIED';
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
  return typeof value === 'string' || typeof value === 'number' ? String(value) : `the ${name}`;
}
