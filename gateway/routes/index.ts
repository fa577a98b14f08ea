import { getApproval } from './approvals/get-approval.ts';
import { listApprovals } from './approvals/list-approvals.ts';
import { postDecision } from './approvals/post-decision.ts';
import { getAuditEntry } from './audit/get-audit-entry.ts';
import { listAuditEntries } from './audit/list-audit-entries.ts';
import type { AuthDependencies } from './auth/auth-dependencies.ts';
import { authRoutes } from './auth/auth-routes.ts';
import { type CodecDependencies, codecRoutes } from './codec/codec-routes.ts';
import type { RouteDependencies } from './dependencies.ts';
import { healthRoutes } from './health/health-routes.ts';
import { getRequest } from './requests/get-request.ts';
import { listRequests } from './requests/list-requests.ts';
import { postRequest } from './requests/post-request.ts';
import { resolveRequest } from './requests/resolve-request.ts';
import { watchRequest } from './requests/watch-request.ts';
import { withdrawRequest } from './requests/withdraw-request.ts';
import type { AnyRoute } from './route.ts';
import { getMetrics } from './status/get-metrics.ts';
import { getStatus } from './status/get-status.ts';

interface EveryDependency {
  core: RouteDependencies;
  identity: AuthDependencies;
  /** Absent where no codec endpoint is configured. */
  codec?: CodecDependencies;
}

/** Every route of the gateway: a new one is a file and a line here. */
export function createRoutes({ core, identity, codec }: EveryDependency): readonly AnyRoute[] {
  return [
    postRequest(core),
    listRequests(core),
    getRequest(core),
    watchRequest(core),
    withdrawRequest(core),
    resolveRequest(core),
    listApprovals(core),
    getApproval(core),
    postDecision(core),
    listAuditEntries(core),
    getAuditEntry(core),
    getStatus(core),
    getMetrics(core),
    ...healthRoutes(core),
    ...authRoutes(identity),
    ...(codec === undefined ? [] : codecRoutes(codec)),
  ];
}
