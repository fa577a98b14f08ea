import type { AnyRoute } from '../http/route.ts';
import type { GatewayParts } from '../parts.ts';
import { approvalRoutes } from './approvals/index.ts';
import { auditRoutes } from './audit/index.ts';
import { authRoutes } from './auth/index.ts';
import { codecRoutes } from './codec/index.ts';
import { connectorRoutes } from './connectors/index.ts';
import { dataRoutes } from './data/index.ts';
import { healthRoutes } from './health/index.ts';
import { keyRoutes } from './keys/index.ts';
import { legalHoldRoutes } from './legal-holds/index.ts';
import { policyRoutes } from './policies/index.ts';
import { requestRoutes } from './requests/index.ts';
import { statusRoutes } from './status/index.ts';
import { tenantRoutes } from './tenants/index.ts';
import { userDataRoutes } from './user-data/index.ts';

const nouns = [
  requestRoutes,
  approvalRoutes,
  auditRoutes,
  userDataRoutes,
  legalHoldRoutes,
  policyRoutes,
  connectorRoutes,
  dataRoutes,
  statusRoutes,
  keyRoutes,
  tenantRoutes,
  healthRoutes,
  authRoutes,
  codecRoutes,
];

/** Every route of the gateway: those of a new noun are a folder, and a line here. */
export function createRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  return nouns.flatMap((routesOf) => routesOf(gateway));
}
