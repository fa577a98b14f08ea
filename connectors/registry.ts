import type { AnyAction, AnyConnector } from './contract.ts';
import * as registered from './registered.ts';

/** Every data source, by name. */
export const connectors: readonly AnyConnector[] = Object.values(registered);

/** The table of all actions on the outside world (decisions.md 28). */
export interface ActionTable {
  readonly actions: readonly AnyAction[];
  action(id: string): AnyAction | undefined;
  /** The connector that an action belongs to. */
  connectorOf(actionId: string): AnyConnector | undefined;
}

/** Throws `RangeError` when two actions share an id. */
export function createActionTable(of: readonly AnyConnector[] = connectors): ActionTable {
  const rows = new Map<string, { action: AnyAction; connector: AnyConnector }>();
  for (const connector of of) {
    for (const action of connector.actions) {
      if (rows.has(action.id)) throw new RangeError(`two actions are called ${action.id}`);
      rows.set(action.id, { action, connector });
    }
  }
  return {
    actions: [...rows.values()].map((row) => row.action),
    action: (id) => rows.get(id)?.action,
    connectorOf: (actionId) => rows.get(actionId)?.connector,
  };
}
