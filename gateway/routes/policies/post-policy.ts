import * as calls from '#domain/policy/calls.ts';
import { changedPolicy, newPolicy } from '#domain/policy/change.schema.ts';
import { planCreation } from '#governance/policy/change/plan-change.ts';
import { defineRoute } from '../../http/route.ts';
import { newPolicyAt } from './new-policy-at.ts';
import type { PolicyParts } from './parts.ts';
import { policyChangeErrors } from './policy-params.ts';
import { changedPolicyAnswer } from './policy-view.ts';

export function postPolicy({ changePolicy, people }: Pick<PolicyParts, 'changePolicy' | 'people'>) {
  return defineRoute({
    ...calls.postPolicy,
    summary: 'A new policy, as a draft or in force at once; the levels above bound it',
    auth: 'policies.write_user',
    audit: 'policy.created',
    request: { body: newPolicy },
    response: { 201: changedPolicy },
    errors: policyChangeErrors,
    async handle({ actor, body: given }) {
      const { scope, body, impactDigest } = await newPolicyAt(people, actor, given);
      const changed = await changePolicy(actor, {
        target: { newAt: scope },
        impactDigest,
        plan: (ground) => planCreation(body, ground),
      });
      return { status: 201, ...changedPolicyAnswer(changed) };
    },
  });
}
