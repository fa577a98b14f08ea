import { endOfCanary } from '#domain/policy/impact.schema.ts';
import { planCanaryEnd } from '#governance/policy/change/plan-canary.ts';
import { definePolicyChange } from './define-policy-change.ts';

export const deleteCanary = definePolicyChange({
  method: 'DELETE',
  path: '/api/v1/policies/:id/canary',
  summary: 'The draft that held for a few people holds for nobody any more',
  audit: 'policy.canary_ended',
  body: endOfCanary,
  plan: planCanaryEnd,
});
