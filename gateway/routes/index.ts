import type { AnyRoute } from '../http/route.ts';
import { getApproval } from './approvals/get-approval.ts';
import { listApprovals } from './approvals/list-approvals.ts';
import { postDecision } from './approvals/post-decision.ts';
import { exportAudit } from './audit/export-audit.ts';
import { getAuditEntry } from './audit/get-audit-entry.ts';
import { getAuditProof } from './audit/get-audit-proof.ts';
import { getConsistency } from './audit/get-consistency.ts';
import { listAuditEntries } from './audit/list-audit-entries.ts';
import { listAuditHeads } from './audit/list-audit-heads.ts';
import { listAuditKeys } from './audit/list-audit-keys.ts';
import type { AuthDependencies } from './auth/auth-dependencies.ts';
import { authRoutes } from './auth/auth-routes.ts';
import { type CodecDependencies, codecRoutes } from './codec/codec-routes.ts';
import { listConnectors } from './connectors/list-connectors.ts';
import { postClassify } from './data/post-classify.ts';
import { putClassification } from './data/put-classification.ts';
import type { RouteDependencies } from './dependencies.ts';
import { healthRoutes } from './health/health-routes.ts';
import { getKeys } from './keys/get-keys.ts';
import { deleteLegalHold } from './legal-holds/delete-legal-hold.ts';
import { listLegalHolds } from './legal-holds/list-legal-holds.ts';
import { postLegalHold } from './legal-holds/post-legal-hold.ts';
import { activatePolicy } from './policies/activate-policy.ts';
import { deleteCanary } from './policies/delete-canary.ts';
import { deletePolicy } from './policies/delete-policy.ts';
import { diffPolicy } from './policies/diff-policy.ts';
import { getCanary } from './policies/get-canary.ts';
import { getPolicy } from './policies/get-policy.ts';
import { getPolicySettings } from './policies/get-settings.ts';
import { listPolicies } from './policies/list-policies.ts';
import { listPolicyVersions } from './policies/list-versions.ts';
import { postCanary } from './policies/post-canary.ts';
import { postEvaluate } from './policies/post-evaluate.ts';
import { postImpact } from './policies/post-impact.ts';
import { postNewImpact } from './policies/post-new-impact.ts';
import { postPolicy } from './policies/post-policy.ts';
import { putPolicy } from './policies/put-policy.ts';
import { putPolicySettings } from './policies/put-settings.ts';
import { resolvePolicy } from './policies/resolve-policy.ts';
import { rollbackPolicy } from './policies/rollback-policy.ts';
import { getRequest } from './requests/get-request.ts';
import { listRequests } from './requests/list-requests.ts';
import { postRequest } from './requests/post-request.ts';
import { resolveRequest } from './requests/resolve-request.ts';
import { watchRequest } from './requests/watch-request.ts';
import { withdrawRequest } from './requests/withdraw-request.ts';
import { getMetrics } from './status/get-metrics.ts';
import { getStatus } from './status/get-status.ts';
import { tenantRoutes } from './tenants/tenant-routes.ts';
import { eraseUserData } from './user-data/erase-user-data.ts';
import { exportUserData } from './user-data/export-user-data.ts';
import { getErasure } from './user-data/get-erasure.ts';

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
    exportAudit(core),
    listAuditHeads(core),
    listAuditKeys(core),
    getConsistency(core),
    getAuditProof(core),
    exportUserData(core),
    eraseUserData(core),
    getErasure(core),
    listLegalHolds(core),
    postLegalHold(core),
    deleteLegalHold(core),
    postPolicy(core),
    listPolicies(core),
    getPolicy(core),
    putPolicy(core),
    deletePolicy(core),
    listPolicyVersions(core),
    diffPolicy(core),
    activatePolicy(core),
    rollbackPolicy(core),
    postNewImpact(core),
    postImpact(core),
    postEvaluate(core),
    resolvePolicy(core),
    getPolicySettings(core),
    putPolicySettings(core),
    getCanary(core),
    postCanary(core),
    deleteCanary(core),
    listConnectors(core),
    putClassification(core),
    postClassify(core),
    getStatus(core),
    getMetrics(core),
    getKeys(core),
    ...tenantRoutes(core),
    ...healthRoutes(core),
    ...authRoutes(identity),
    ...(codec === undefined ? [] : codecRoutes(codec)),
  ];
}
