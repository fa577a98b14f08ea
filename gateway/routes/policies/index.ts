import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { diffPolicy } from './diff-policy.ts';
import { getCanary } from './get-canary.ts';
import { getPolicy } from './get-policy.ts';
import { getPolicySettings } from './get-settings.ts';
import { listPolicies } from './list-policies.ts';
import { listPolicyVersions } from './list-versions.ts';
import { policyParts } from './parts.ts';
import { policyChangeRoutes } from './policy-changes.ts';
import { postClassify } from './post-classify.ts';
import { postEvaluate } from './post-evaluate.ts';
import { postImpact } from './post-impact.ts';
import { postNewImpact } from './post-new-impact.ts';
import { postPolicy } from './post-policy.ts';
import { putPolicySettings } from './put-settings.ts';
import { resolvePolicy } from './resolve-policy.ts';

export function policyRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  const parts = policyParts(gateway);
  return [
    postPolicy(parts),
    listPolicies(parts),
    getPolicy(parts),
    listPolicyVersions(parts),
    diffPolicy(parts),
    ...policyChangeRoutes(parts.changePolicy),
    postNewImpact(parts),
    postImpact(parts),
    postEvaluate(parts),
    resolvePolicy(parts),
    postClassify(parts),
    getPolicySettings(parts),
    putPolicySettings(parts),
    getCanary(parts),
  ];
}
