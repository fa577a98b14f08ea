import type { GatewayParts } from '../../parts.ts';
import { createTenantWork } from '../../temporal/tenant-work.ts';

export type TenantParts = ReturnType<typeof tenantParts>;

export function tenantParts({ config, stores, governance, temporal, allowedConnectors, now }: GatewayParts) {
  const { database, legalHolds, tenants } = stores;
  const { governedRead, recordEvent } = governance;
  return {
    tenants,
    legalHolds,
    governedRead,
    recordEvent,
    now,
    tenantWork: createTenantWork({
      temporal,
      taskQueue: config.temporalTaskQueue,
    }),
    /** TENANT_DELETE_WAIT_MS. */
    tenantDeleteWaitMs: config.tenantDeleteWaitMs,
    /** OPERATOR_TENANT. */
    operatorTenant: config.operatorTenant,
    /** How many gateways are connected to the database now. */
    countGateways: () => database.connectionsCalled('openclaw changes'),
    /** How many connectors a tenant's policy lets it use. */
    countConnectors: async (tenantId: string) => (await allowedConnectors(tenantId)).length,
  };
}
