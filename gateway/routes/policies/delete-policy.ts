import { policyDeprecation } from '#domain/policy/change.schema.ts';
import { planDeprecation } from '#governance/policy/change/plan-change.ts';
import { definePolicyChange } from './define-policy-change.ts';

export const deletePolicy = definePolicyChange({
  method: 'DELETE',
  path: '/api/v1/policies/:id',
  summary: 'The end of a policy: it becomes deprecated, and is never removed',
  audit: 'policy.deprecated',
  body: policyDeprecation,
  plan: planDeprecation,
});
