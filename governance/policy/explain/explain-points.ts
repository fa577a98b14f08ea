import type { PolicyField } from '#domain/policy/field.ts';
import { policyFields } from '#domain/policy/fields.ts';
import type { GovernedDomain, RulesOf } from '#domain/policy/rules.ts';
import { everywhere, pointKey } from '#domain/policy/statement.ts';
import type { PolicyQuestion } from '../../decide.ts';

/** A point of the merged policy that the Rego of a domain reads to answer a question. */
export interface AskedPoint<Rules = never> {
  field: PolicyField<Rules>;
  key: string;
}

type Place = readonly [field: string, key: string | undefined];

/** Which points each domain reads, in the words of its Rego (policies/<domain>.rego). */
const places: { readonly [D in GovernedDomain]: (question: PolicyQuestion) => readonly Place[] } = {
  actions: ({ facts }) => [['autonomy', pointKey(facts.effect === 'read' ? 'read' : 'write', facts.id)]],
  integrations: ({ facts: { connector, operation } }) => [
    ['connectors', pointKey(connector)],
    ['permission', pointKey(connector)],
    ['operations', pointKey(connector, operation)],
  ],
  models: ({ additional, classification }) => {
    const model = named(additional?.['model']);
    return [
      ['allowed_models', model],
      ['allow_external_models', everywhere],
      ['confidential_data_models', classification === 'confidential' ? model : undefined],
      ['restricted_data_models', classification === 'restricted' ? model : undefined],
      ['max_tokens_per_request', everywhere],
      ['max_tokens_per_day', everywhere],
    ];
  },
  agent_to_agent: ({ additional }) => {
    const peer = named(additional?.['peer']);
    const direction = additional?.['direction'] === 'inbound' ? 'allow_inbound' : 'allow_outbound';
    return [
      [direction, everywhere],
      ['blocked_peers', peer],
      ['allowed_peers', peer],
      ['loop_prevention_max_hops', everywhere],
      ['require_encryption', everywhere],
      ['max_classification_outbound', everywhere],
    ];
  },
  features: ({ additional }) => {
    const feature = additional?.['feature'];
    return [
      [typeof feature === 'string' ? feature : '', everywhere],
      ['auto_response_autonomy', feature === 'auto_response' ? everywhere : undefined],
    ];
  },
  data: () => [
    ['allow_data_export', everywhere],
    ['export_max_classification', everywhere],
  ],
  audit: ({ actor }) => [
    ['allow_export', everywhere],
    ['export_roles', pointKey(actor.role)],
  ],
};

export function askedPoints<D extends GovernedDomain>(
  domain: D,
  question: PolicyQuestion,
): readonly AskedPoint<RulesOf[D]>[] {
  const fields: readonly PolicyField<RulesOf[D]>[] = policyFields[domain];
  return places[domain](question).flatMap(([name, key]) => {
    const field = fields.find((one) => one.name === name);
    return field === undefined || key === undefined ? [] : [{ field, key }];
  });
}

function named(value: unknown): string | undefined {
  return typeof value === 'string' ? pointKey(value) : undefined;
}

/** The fields that a rule with this code is about: one of them would have to change for another answer. */
const fieldsOfCode: Readonly<Record<string, readonly string[]>> = {
  notify: ['autonomy'],
  approval_required: ['autonomy'],
  blocked: ['autonomy'],
  connector_not_allowed: ['connectors'],
  permission_read: ['permission', 'operations'],
  operation_not_allowed: ['operations'],
  model_not_allowed: ['allowed_models'],
  external_model: ['allow_external_models'],
  label_kept_inside: ['confidential_data_models', 'restricted_data_models'],
  tokens_per_request: ['max_tokens_per_request'],
  tokens_per_day: ['max_tokens_per_day'],
  direction_not_allowed: ['allow_inbound', 'allow_outbound'],
  peer_blocked: ['blocked_peers'],
  peer_not_allowed: ['allowed_peers'],
  too_many_hops: ['loop_prevention_max_hops'],
  encryption_required: ['require_encryption'],
  label_too_high: ['max_classification_outbound'],
  response_notify: ['auto_response_autonomy'],
  response_approval: ['auto_response_autonomy'],
  response_blocked: ['auto_response_autonomy'],
  export_not_allowed: ['allow_data_export'],
  export_label: ['export_max_classification'],
  audit_export_not_allowed: ['allow_export'],
  audit_export_role: ['export_roles'],
};

/** The points that stand in the way; for `feature_off`, the feature itself. */
export function blamedPoints(code: string, points: readonly AskedPoint[]): readonly AskedPoint[] {
  if (code === 'feature_off') return points.filter(({ field }) => field.name !== 'auto_response_autonomy');
  const names = Object.hasOwn(fieldsOfCode, code) ? (fieldsOfCode[code] ?? []) : [];
  return points.filter(({ field }) => names.includes(field.name));
}

/** What to change, by the code of a rule, where it is not a value in a policy. */
const fixedAnswers: Readonly<Record<string, string>> = {
  no_policy: 'A policy of this domain would have to be in force for the enterprise or a unit of the person.',
  undecided: 'Something that the domain needs to know was not said in `additional`.',
  unknown_action: 'Nothing: no connector of this installation has such an action.',
  policy_engine_error: 'Nothing until policy can be evaluated again.',
  customer_policy: "The organisation's own policy bundle would have to answer otherwise.",
  customer_policy_failed: "The organisation's own policy bundle would have to work again.",
  cross_enterprise: 'Nothing: assistants of different tenants never exchange anything.',
  cross_org: 'The exchange would have to be asked for as `agent_exchange_cross_org`.',
  exchange_type_unknown: 'The exchange would have to be of a known type.',
  commitment: 'Nothing: what commits a person always waits for that person.',
  feature_unknown: 'The feature would have to be one that there is.',
};

const ownGrantsNothing = "A person's own policy alone grants nothing.";

/**
 * What would change the answer where it is not a value in a policy; `undefined` where it is. `hasOwn`: there are
 * policies of the domain, but none above the person.
 */
export function fixedAnswer(code: string, { hasOwn }: { hasOwn: boolean }): readonly string[] | undefined {
  const answer = Object.hasOwn(fixedAnswers, code) ? fixedAnswers[code] : undefined;
  if (answer === undefined) return undefined;
  return code === 'no_policy' && hasOwn ? [answer, ownGrantsNothing] : [answer];
}
