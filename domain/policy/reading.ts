import { classifications } from '../classification/classification.ts';
import { roles } from '../person/role.ts';
import { actionNamedAsRead } from './actions-fields.ts';
import { groupOf, nameOf } from './field.ts';
import { operationNamedAsRead } from './integrations-fields.ts';
import type { MergedPolicy, Point } from './merge.ts';
import {
  autonomyLevels,
  type ConnectorOverride,
  connectorPermissions,
  type GovernedDomain,
  type RulesOf,
  reclassificationDirections,
  teamLeadVisibilities,
} from './rules.ts';
import { everywhere } from './statement.ts';

type Points = Readonly<Record<string, Point>>;
type Fields = MergedPolicy['fields'];

/**
 * The effective policy in the form of `rules`: what a single policy would have to say for the same to hold. As in a
 * policy, a missing list means all, and a missing number no limit.
 */
export function effectiveRules<D extends GovernedDomain>(domain: D, { fields }: MergedPolicy): RulesOf[D] {
  return readings[domain](fields);
}

const readings: { readonly [D in GovernedDomain]: (fields: Fields) => RulesOf[D] } = {
  actions: ({ autonomy = {} }) => ({
    default_autonomy: oneOf(autonomyLevels, autonomy['write.*']),
    action_overrides: Object.fromEntries(
      Object.entries(autonomy).flatMap(([key, point]) => {
        const action = nameOf(key);
        const told = actionNamedAsRead(action) === (groupOf(key) === 'read');
        const value = oneOf(autonomyLevels, point);
        return action === everywhere || !told || value === undefined ? [] : [[action, value] as const];
      }),
    ),
  }),
  integrations: ({ connectors = {}, permission = {}, operations = {} }) => ({
    allowed_connectors: listOf(connectors),
    default_permission: oneOf(connectorPermissions, permission[everywhere]),
    connector_overrides: connectorOverrides(permission, operations),
  }),
  models: (fields) => ({
    allowed_models: listOf(fields.allowed_models),
    allow_external_models: switchOf(fields.allow_external_models),
    max_tokens_per_request: numberOf(fields.max_tokens_per_request),
    max_tokens_per_day: numberOf(fields.max_tokens_per_day),
    confidential_data_models: listOf(fields.confidential_data_models),
    restricted_data_models: listOf(fields.restricted_data_models),
  }),
  agent_to_agent: (fields) => ({
    allow_inbound: switchOf(fields.allow_inbound),
    allow_outbound: switchOf(fields.allow_outbound),
    max_classification_outbound: oneOf(classifications, single(fields.max_classification_outbound)),
    allowed_peers: listOf(fields.allowed_peers),
    blocked_peers: listOf(fields.blocked_peers),
    require_encryption: switchOf(fields.require_encryption),
    loop_prevention_max_hops: numberOf(fields.loop_prevention_max_hops),
  }),
  features: (fields) => ({
    task_intelligence: switchOf(fields.task_intelligence),
    auto_response: switchOf(fields.auto_response),
    work_tracking: switchOf(fields.work_tracking),
    org_intelligence: switchOf(fields.org_intelligence),
    visualization: switchOf(fields.visualization),
    auto_response_autonomy: oneOf(autonomyLevels, single(fields.auto_response_autonomy)),
  }),
  data: (fields) => ({
    default_classification: oneOf(classifications, single(fields.default_classification)),
    allow_ai_reclassification: switchOf(fields.allow_ai_reclassification),
    ai_reclassification_direction: oneOf(
      reclassificationDirections,
      single(fields.ai_reclassification_direction),
    ),
    retention_days: numberOf(fields.retention_days),
    ephemeral_data_ttl_hours: numberOf(fields.ephemeral_data_ttl_hours),
    allow_data_export: switchOf(fields.allow_data_export),
    export_max_classification: oneOf(classifications, single(fields.export_max_classification)),
  }),
  audit: (fields) => ({
    log_all_actions: switchOf(fields.log_all_actions),
    log_policy_decisions: switchOf(fields.log_policy_decisions),
    log_data_access: switchOf(fields.log_data_access),
    log_model_calls: switchOf(fields.log_model_calls),
    log_token_counts: switchOf(fields.log_token_counts),
    minimum_retention_days: numberOf(fields.minimum_retention_days),
    allow_export: switchOf(fields.allow_export),
    export_roles: roles.filter((role) => listOf(fields.export_roles)?.includes(role) ?? true),
    team_lead_visibility: oneOf(teamLeadVisibilities, single(fields.team_lead_visibility)),
  }),
};

function connectorOverrides(permission: Points, operations: Points): Record<string, ConnectorOverride> {
  const named = [...Object.keys(permission), ...Object.keys(operations)].filter((key) => key !== everywhere);
  return Object.fromEntries(
    [...new Set(named.map(groupOf))].toSorted().map((connector) => {
      const here = oneOf(connectorPermissions, permission[`${connector}.*`] ?? permission[everywhere]);
      // Where the rest is not allowed, list what is; but not a write that levels above leave only for reading.
      const listed = Object.entries(operations).flatMap(([key, { value }]) => {
        const operation = nameOf(key);
        const reads = here === 'read' || operationNamedAsRead(operation);
        const granted = value === 'any' || (value === 'read' && reads);
        return groupOf(key) === connector && operation !== everywhere && granted ? [operation] : [];
      });
      const rest = operations[`${connector}.*`] ?? operations[everywhere];
      const allowed = rest?.value === 'none' ? { allowed_operations: listed } : {};
      return [connector, { permission: here, ...allowed }] as const;
    }),
  );
}

function single(points: Points | undefined): Point | undefined {
  return points?.[everywhere];
}

function switchOf(points: Points | undefined): boolean | undefined {
  const value = single(points)?.value;
  return typeof value === 'boolean' ? value : undefined;
}

function numberOf(points: Points | undefined): number | undefined {
  const value = single(points)?.value;
  return typeof value === 'number' ? value : undefined;
}

function oneOf<const Word extends string>(
  words: readonly Word[],
  point: Point | undefined,
): Word | undefined {
  return words.find((word) => word === point?.value);
}

/** `undefined` where everything is on the list. */
function listOf(points: Points = {}): string[] | undefined {
  if (points[everywhere]?.value === true) return undefined;
  return Object.entries(points).flatMap(([key, { value }]) =>
    key !== everywhere && value === true ? [groupOf(key)] : [],
  );
}
