import { policyUpdate } from '#domain/policy/change.schema.ts';
import { planUpdate } from '#governance/policy/change/plan-change.ts';
import { definePolicyChange } from './define-policy-change.ts';

export const putPolicy = definePolicyChange({
  method: 'PUT',
  path: '/api/v1/policies/:id',
  summary: 'A new version of a policy: named parts replace the old ones, the rest stays',
  audit: 'policy.updated',
  body: policyUpdate,
  plan: planUpdate,
});
