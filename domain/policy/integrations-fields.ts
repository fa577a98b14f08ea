import { allowList, groupOf, nameOf, type PolicyField } from './field.ts';
import { type ConnectorOverride, connectorPermissions, type IntegrationsRules } from './rules.ts';
import { everywhere, type PointValue, pointKey, type Statement } from './statement.ts';

/** Which connectors may be used, what for, and for which operations. */
export const integrationsFields: readonly PolicyField<IntegrationsRules>[] = [
  {
    ...allowList<IntegrationsRules>('allowed_connectors', {
      read: (rules) => rules.allowed_connectors,
      unsaid: [],
    }),
    name: 'connectors',
  },
  {
    name: 'permission',
    direction: 'vocabulary',
    order: connectorPermissions,
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
];

function statePermission(rules: IntegrationsRules, { topmost }: { topmost: boolean }): Statement {
  const points = new Map<string, PointValue>();
  const byDefault = rules.default_permission ?? (topmost ? 'read' : undefined);
  if (byDefault !== undefined) points.set(everywhere, byDefault);
  for (const [connector, override] of Object.entries(rules.connector_overrides ?? {})) {
    points.set(pointKey(connector), permissionOf(rules, override));
  }
  return points;
}

/** `any` = may be used as its permission says, `read` = only for reads, `none` = not at all. */
function stateOperations(rules: IntegrationsRules, { topmost }: { topmost: boolean }): Statement {
  const points = new Map<string, PointValue>();
  if (topmost || rules.default_permission !== undefined) points.set(everywhere, 'read');
  for (const [connector, override] of Object.entries(rules.connector_overrides ?? {})) {
    const listed = override.allowed_operations;
    points.set(pointKey(connector), listed === undefined ? 'read' : 'none');
    const writes = permissionOf(rules, override) === 'read_write';
    for (const operation of listed ?? []) {
      points.set(pointKey(connector, operation), writes && !operationNamedAsRead(operation) ? 'any' : 'read');
    }
  }
  return points;
}

function permissionOf(rules: IntegrationsRules, override: ConnectorOverride): string {
  return override.permission ?? rules.default_permission ?? 'read';
}

/** An operation whose name says that it reads never grants a write, whatever it turns out to do. */
export function operationNamedAsRead(operation: string): boolean {
  return /^(read|list|search)_/.test(operation);
}
