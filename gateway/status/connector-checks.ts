import { connectors } from '#connectors/registry.ts';
import { settingsFrom } from '#connectors/variables.ts';
import type { Check } from './check-system.ts';
import { reachable } from './reachable.ts';

/** A check for each connector, by its name: somebody answers where the connector says. */
export function connectorChecks(values: Readonly<Record<string, unknown>>): Readonly<Record<string, Check>> {
  return Object.fromEntries(
    connectors.map((connector) => {
      const { baseUrl = connector.usualApiRoot } = settingsFrom(values, connector);
      return [connector.name, reachable(connector.healthAddress(baseUrl))];
    }),
  );
}
