import type { VariableSchemas } from '#platform/config/schema.ts';
import type { AnyConnector } from './contract.ts';
import { connectors } from './registry.ts';

/** The environment variables of every connector, for the one schema of the configuration. */
export const connectorVariables: VariableSchemas = variablesOf(connectors);

/** Throws `RangeError` when two connectors have a variable of one name. */
export function variablesOf(of: readonly Pick<AnyConnector, 'variables'>[]): VariableSchemas {
  const all = of.flatMap(({ variables }) => Object.entries(variables));
  const names = new Set(all.map(([name]) => name));
  if (names.size < all.length) throw new RangeError('two connectors have a variable of one name');
  return Object.fromEntries(all);
}

/** What the configuration says of one connector: its own variables, and its API root where one is named. */
export function settingsFrom(
  values: Readonly<Record<string, unknown>>,
  { variables, apiRootVariable }: Pick<AnyConnector, 'variables' | 'apiRootVariable'>,
): { variables: Readonly<Record<string, unknown>>; baseUrl: string | undefined } {
  const own = Object.fromEntries(Object.keys(variables).map((name) => [name, values[name]]));
  const root = own[apiRootVariable];
  return { variables: own, baseUrl: typeof root === 'string' ? root : undefined };
}
