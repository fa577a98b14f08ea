import { z } from 'zod';
import type { Actor } from '#domain/person/actor.ts';
import type { policyEvaluation } from '#domain/policy/explain.schema.ts';
import type { DomainExplanation, Explanation } from '#governance/policy/explain/explain-decision.ts';

const json = z.json();
const record = z.record(z.string(), json);

export function evaluationView(
  { userId, role, orgUnit }: Actor,
  { verdict, policyApplied, reason, constraints, domains }: Explanation,
): z.input<typeof policyEvaluation> {
  return {
    decision: verdict === 'notify' ? 'allow' : verdict,
    policy_applied: policyApplied,
    reason,
    constraints: record.parse(constraints),
    person: { user_id: userId, role, org_unit: orgUnit },
    explanation: domains.map(explained),
  };
}

function explained(domain: DomainExplanation): z.input<typeof policyEvaluation>['explanation'][number] {
  const { verdict, code, reason, decidedBy, rule, effective, levels, wouldChange } = domain;
  return {
    domain: domain.domain,
    decision: verdict,
    code,
    reason,
    decided_by:
      decidedBy === null
        ? null
        : {
            policy_id: decidedBy.policyId,
            policy_name: decidedBy.policyName,
            policy_version: decidedBy.policyVersion,
            level: decidedBy.level,
          },
    rule: json.parse(rule ?? null),
    effective,
    levels: levels.map(({ level, policy, says, mayGrant }) => ({
      level,
      org_unit: policy?.scope.orgUnit ?? null,
      policy_id: policy?.id ?? null,
      policy_name: policy?.name ?? null,
      policy_version: policy?.version ?? null,
      says,
      may_grant: mayGrant,
    })),
    would_change: [...wouldChange],
  };
}
