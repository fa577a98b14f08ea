import {
  type ActionsRules,
  autonomyLevels,
  type ConnectorOverride,
  type GovernedDomain,
  type IntegrationsRules,
  permissions,
  type RulesOf,
} from './policy-rules.ts';
import {
  everywhere,
  type PointValue,
  pointKey,
  type Statement,
  type Strictness,
} from './policy-statement.ts';

/** One field of a merged policy: which way is stricter, and what one level's rules say about it. */
export interface PolicyField<Rules> extends Strictness {
  /** Name in the merged policy, as the Rego reads it. */
  name: string;
  /** What a value beyond the level above does, in the words of its error (spec/enterprise.md §1.3). */
  beyond: 'would expand beyond' | 'cannot enable' | 'exceeds' | 'is less restrictive than';
  /** `topmost`: no level above speaks, so that what isn't said has to mean something. */
  state(rules: Rules, position: { topmost: boolean }): Statement;
  /** Where the point stands in the rules, for messages; `undefined` when writing needn't check it. */
  where(key: string): string | undefined;
}

/** Field → direction, domain by domain (spec/decisions.md 25). */
export const policyFields: { readonly [D in GovernedDomain]: readonly PolicyField<RulesOf[D]>[] } = {
  actions: [
    {
      name: 'autonomy',
      direction: 'vocabulary',
      order: autonomyLevels,
      beyond: 'is less restrictive than',
      state: stateAutonomy,
      where: whereAutonomy,
    },
  ],
  integrations: [
    {
      name: 'connectors',
      direction: 'grant',
      beyond: 'would expand beyond',
      state: stateConnectors,
      where: (key) => (key === everywhere ? undefined : `allowed_connectors: ${groupOf(key)}`),
    },
    {
      name: 'permission',
      direction: 'vocabulary',
      order: permissions,
      beyond: 'is less restrictive than',
      state: statePermission,
      where: (key) =>
        key === everywhere ? 'default_permission' : `connector_overrides.${groupOf(key)}.permission`,
    },
    {
      name: 'operations',
      direction: 'vocabulary',
      order: ['any', 'read', 'none'],
      beyond: 'would expand beyond',
      state: stateOperations,
      where: (key) =>
        key.endsWith('*')
          ? undefined
          : `connector_overrides.${groupOf(key)}.allowed_operations: ${nameOf(key)}`,
    },
  ],
};

/** Which effect an action has is known when it runs, so an override holds for both; a default is for writes. */
function stateAutonomy(rules: ActionsRules, { topmost }: { topmost: boolean }): Statement {
  const points = new Map<string, PointValue>();
  const byDefault = rules.default_autonomy ?? (topmost ? 'approve' : undefined);
  if (byDefault !== undefined) points.set(pointKey('write'), byDefault);
  if (topmost) points.set(pointKey('read'), 'autonomous');
  for (const [action, autonomy] of Object.entries(rules.action_overrides ?? {})) {
    points.set(pointKey('read', action), autonomy);
    points.set(pointKey('write', action), autonomy);
  }
  return points;
}

function whereAutonomy(key: string): string | undefined {
  const group = groupOf(key);
  if (nameOf(key) === '*') return group === 'write' ? 'default_autonomy' : undefined;
  const namedAsRead = /_(read|search|list)$/.test(key);
  return namedAsRead === (group === 'read') ? `action_overrides.${nameOf(key)}` : undefined;
}

function stateConnectors(rules: IntegrationsRules, { topmost }: { topmost: boolean }): Statement {
  const points = new Map<string, PointValue>();
  const allowed = rules.allowed_connectors ?? (topmost ? [] : undefined);
  if (allowed === undefined) return points;
  points.set(everywhere, false);
  for (const connector of allowed) points.set(pointKey(connector), true);
  return points;
}

function statePermission(rules: IntegrationsRules, { topmost }: { topmost: boolean }): Statement {
  const points = new Map<string, PointValue>();
  const byDefault = rules.default_permission ?? (topmost ? 'read' : undefined);
  if (byDefault !== undefined) points.set(everywhere, byDefault);
  for (const [connector, override] of Object.entries(rules.connector_overrides ?? {})) {
    points.set(pointKey(connector), permissionOf(rules, override));
  }
  return points;
}

/** `any` = may be used as its permission says, `read` = only where it reads, `none` = not at all. */
function stateOperations(rules: IntegrationsRules, { topmost }: { topmost: boolean }): Statement {
  const points = new Map<string, PointValue>();
  if (topmost || rules.default_permission !== undefined) points.set(everywhere, 'read');
  for (const [connector, override] of Object.entries(rules.connector_overrides ?? {})) {
    const listed = override.allowed_operations;
    points.set(pointKey(connector), listed === undefined ? 'read' : 'none');
    const writes = permissionOf(rules, override) === 'read_write';
    for (const operation of listed ?? []) {
      points.set(pointKey(connector, operation), writes && !namedAsRead(operation) ? 'any' : 'read');
    }
  }
  return points;
}

function permissionOf(rules: IntegrationsRules, override: ConnectorOverride): string {
  return override.permission ?? rules.default_permission ?? 'read';
}

/** An operation that is named as a read never grants a write, whatever it turns out to do. */
function namedAsRead(operation: string): boolean {
  return /^(read|list|search)_/.test(operation);
}

function groupOf(key: string): string {
  return key.slice(0, key.lastIndexOf('.'));
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}
