import { policyRollback } from '#domain/policy/change.schema.ts';
import { planRollback } from '#governance/policy/change/plan-change.ts';
import { definePolicyChange } from './define-policy-change.ts';

export const rollbackPolicy = definePolicyChange({
  method: 'POST',
  path: '/api/v1/policies/:id/rollback',
  summary: 'A new version with the content of an older one',
  audit: 'policy.rolled_back',
  body: policyRollback,
  plan: planRollback,
});
