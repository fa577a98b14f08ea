import * as calls from '#domain/action/calls.ts';
import { type ConnectorRow, connectorList } from '#domain/action/connector.schema.ts';
import { errorFacts } from '#domain/error.ts';
import { defineRoute } from '../../http/route.ts';
import type { ConnectorParts } from './parts.ts';

/** The data sources of this installation. Nothing is synchronised yet, and the numbers say so. */
export function listConnectors({ connectorNames, allowedConnectors, checkSystem }: ConnectorParts) {
  return defineRoute({
    ...calls.listConnectors,
    summary: 'Data sources: in use, disabled by policy, or failing',
    auth: 'connectors.read',
    audit: { none: 'names and health of data sources, nothing of what is in them' },
    request: {},
    response: { 200: connectorList },
    errors: ['DATABASE_UNAVAILABLE', 'POLICY_ENGINE_UNREACHABLE'],
    async handle({ actor }) {
      const {
        status: { components, timestamp },
      } = await checkSystem();
      const allowed = await allowedConnectors(actor.tenantId);
      const rows = connectorNames.map((name) =>
        rowOf(name, {
          allowed: allowed.includes(name),
          failing: components.connectors[name] === 'unhealthy',
          at: timestamp,
        }),
      );
      return { status: 200, body: { connectors: rows } };
    },
  });
}

function rowOf(name: string, look: { allowed: boolean; failing: boolean; at: string }): ConnectorRow {
  const failing = look.allowed && look.failing;
  const error = { code: 'api_unreachable', message: errorFacts('api_unreachable').text, since: look.at };
  return {
    name,
    status: failing ? 'error' : look.allowed ? 'active' : 'disabled',
    last_sync: null,
    items_synced: 0,
    error: failing ? error : null,
    health: { latency_ms: null, success_rate_24h: null, last_error: failing ? look.at : null },
  };
}
