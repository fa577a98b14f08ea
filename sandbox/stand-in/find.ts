import type { AnyConnector } from '#connectors/contract.ts';
import { connectors } from '#connectors/registry.ts';
import type { StandIn } from './declaration.ts';

/** A connector with its stand-in. */
export interface StoodIn {
  connector: AnyConnector;
  standIn: StandIn;
}

/** The stand-in of one connector: its folder is named as the connector is. */
export async function standInOf(connector: AnyConnector): Promise<StoodIn> {
  const file = `../stand-ins/${connector.name}/stand-in.ts`;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the contract suite holds every one of them to it
  const { standIn } = (await import(file)) as { standIn: StandIn };
  return { connector, standIn };
}

/** Every connector with its stand-in, in the order of the registry. */
export function findStandIns(): Promise<readonly StoodIn[]> {
  return Promise.all(connectors.map(standInOf));
}
