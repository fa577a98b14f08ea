import { z } from 'zod';
import type { changedPolicy, policyView as schema } from '#domain/policy/change.schema.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { type ChangedPolicy, entityTag } from '#governance/policy/change/change.ts';

const content = z.record(z.string(), z.json());

/** One version of a policy in the words of seed 000. */
export function policyView(policy: Policy): z.input<typeof schema> {
  const { id, name, domain, scope, version, status, rules, mayGrant, canaryFor, basedOn, unproven } = policy;
  return {
    id,
    name,
    domain,
    scope: { level: scope.level, org_unit: scope.orgUnit, user_id: scope.userId },
    version,
    status,
    rules: content.parse(rules),
    may_grant: mayGrant === null ? null : content.parse(mayGrant),
    ...(canaryFor === undefined ? {} : { canary: { users: canaryFor.length } }),
    ...(basedOn === undefined ? {} : { based_on: basedOn }),
    ...(unproven ? { unproven } : {}),
    change_reason: policy.changeReason,
    created_by: policy.createdBy,
    created_at: policy.createdAt,
  };
}

/** The answer to a change: its body, and the tag for `If-Match` of the next one. */
export function changedPolicyAnswer({ policy, review }: ChangedPolicy): {
  body: z.input<typeof changedPolicy>;
  headers: { etag: string };
} {
  const seen =
    review === null
      ? {}
      : { impact_summary: content.parse(review.impactSummary), impact_digest: review.digest };
  return { body: { ...policyView(policy), ...seen }, headers: { etag: entityTag(policy) } };
}
