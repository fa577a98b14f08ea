import { policyActivation } from '#domain/policy/change.schema.ts';
import { planActivation } from '#governance/policy/change/plan-change.ts';
import { definePolicyChange } from './define-policy-change.ts';

export const activatePolicy = definePolicyChange({
  method: 'POST',
  path: '/api/v1/policies/:id/activate',
  summary: 'Puts a draft in force; the version before it ends',
  audit: 'policy.activated',
  body: policyActivation,
  plan: planActivation,
});
