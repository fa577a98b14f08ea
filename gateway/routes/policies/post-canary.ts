import { newCanary } from '#domain/policy/impact.schema.ts';
import { planCanary } from '#governance/policy/change/plan-canary.ts';
import { definePolicyChange } from './define-policy-change.ts';

export const postCanary = definePolicyChange({
  method: 'POST',
  path: '/api/v1/policies/:id/canary',
  summary: 'A draft holds for a few people first, until it is activated or taken back',
  audit: 'policy.canary_started',
  body: newCanary,
  plan: planCanary,
});
