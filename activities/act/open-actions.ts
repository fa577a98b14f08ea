import { LRUCache } from 'lru-cache';
import type { AnyAction, AnyConnector, ConnectorSettings } from '#connectors/contract.ts';
import type { ActionTable } from '#connectors/registry.ts';
import { settingsFrom } from '#connectors/variables.ts';
import { CodedError } from '#domain/error.ts';
import type { RegisteredAction } from '#governance/registered-action.ts';
import type { SecretReader } from '#platform/secrets/read-secret.ts';

/** One action for one tenant, ready to be performed. */
export type OpenAction = (
  tenantId: string,
  actionId: string,
) => { action: AnyAction; registered: RegisteredAction };

interface OpenActionsOptions {
  table: ActionTable;
  readSecret: SecretReader;
  /** What the configuration says for connectors, by the names of their variables. */
  variables: Readonly<Record<string, unknown>>;
  /** Milliseconds after which one call to a provider is aborted. */
  timeoutMs: number;
}

/** After this time at the latest, rotated credentials are in use. */
const clientTtlMs = 30_000;

/** Binds the actions of the registry to the credentials of a tenant; a client is opened at first use. */
export function createOpenAction(options: OpenActionsOptions): OpenAction {
  const clients = new LRUCache<string, Promise<unknown>>({ max: 1_000, ttl: clientTtlMs });

  const clientOf = (tenantId: string, connector: AnyConnector): Promise<unknown> => {
    const key = `${tenantId}/${connector.name}`;
    const known = clients.get(key);
    if (known !== undefined) return known;
    const opening = connector.open(settingsOf(options, tenantId, connector));
    clients.set(key, opening);
    opening.catch(() => clients.delete(key));
    return opening;
  };

  return (tenantId, actionId) => {
    const action = options.table.action(actionId);
    const connector = options.table.connectorOf(actionId);
    if (action === undefined || connector === undefined) {
      throw new CodedError('INVALID_REQUEST', { message: `there is no action ${actionId}` });
    }
    return { action, registered: register(action, connector, () => clientOf(tenantId, connector)) };
  };
}

function settingsOf(
  options: OpenActionsOptions,
  tenantId: string,
  connector: AnyConnector,
): ConnectorSettings {
  return {
    secret: (key) => options.readSecret(tenantId, connector.secretName, key),
    ...settingsFrom(options.variables, connector),
    timeoutMs: options.timeoutMs,
  };
}

function register(
  action: AnyAction,
  { ignoresCase }: AnyConnector,
  openClient: () => Promise<unknown>,
): RegisteredAction {
  const { id, connector, operation, effect } = action;
  return {
    facts: { id, connector, operation, effect },
    event: action.audit,
    ignoresCase,
    dataTouched: (input, output) => action.dataTouched(input, output),
    contentOf: action.contentOf?.bind(action),
    run: async (permit, input, signal) => {
      const client = await openClient();
      return action.output.parse(await action.run(permit, input, { client, signal }));
    },
    find: async (permit, input, signal) => {
      if (action.effect === 'read') throw new RangeError(`${id} has nothing to find`);
      return action.find(permit, input, { client: await openClient(), signal });
    },
  };
}
