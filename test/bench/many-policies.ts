import type { Actor } from '#domain/person/actor.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { parseNewPolicy } from '#governance/policy/change/parse-new-policy.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import type { PolicyStore } from '#stores/policy/policies.ts';

/** Levels of policy under one unit: each unit has one policy of each. */
const perUnit = 4;

/** The shipped policies and, beneath them, those of as many units as it takes; valid as the API would have them. */
export function manyPolicies(count: number): readonly Policy[] {
  const at = new Date();
  const shipped = shippedPolicies({ by: 'bench', at });
  const bodies = Array.from({ length: Math.max(0, count - shipped.length) }, (_, n) => bodyOf(n));
  return [...shipped, ...bodies.map((body) => parseNewPolicy(body, { among: shipped, by: 'bench', at }))];
}

export async function storePolicies(
  policies: Pick<PolicyStore, 'insert'>,
  tenantId: string,
  made: readonly Policy[],
): Promise<void> {
  for (const policy of made) await policies.insert(tenantId, policy);
}

/** A person of each unit that has policies of its own, and one of a unit that has none. */
export function peopleUnder(policies: readonly Policy[], tenantId: string): readonly Actor[] {
  const units = new Set(policies.flatMap(({ scope: { orgUnit } }) => orgUnit ?? []));
  return [...units, 'elsewhere'].map((orgUnit) => ({
    tenantId,
    userId: `person-of-${orgUnit}`,
    role: 'user',
    orgUnit,
  }));
}

function bodyOf(n: number): object {
  const org_unit = `unit-${Math.floor(n / perUnit)}`;
  const common = { name: `bench ${n}`, status: 'active', change_reason: 'bench' };
  const github = { permission: 'read_write', allowed_operations: ['read_issues', 'comment_issue'] };
  const connectors = ['gmail', 'gcal', 'jira', 'github', 'gdrive'];
  const each = [
    {
      domain: 'integrations',
      scope: { level: 'org', org_unit },
      rules: {
        allowed_connectors: connectors,
        default_permission: 'read',
        connector_overrides: { github },
      },
    },
    {
      domain: 'actions',
      scope: { level: 'org', org_unit },
      rules: { default_autonomy: 'approve', action_overrides: { jira_comment: 'block' } },
    },
    {
      domain: 'data',
      scope: { level: 'team', org_unit },
      rules: { export_max_classification: 'public' },
    },
    {
      domain: 'actions',
      scope: { level: 'user', org_unit, user_id: `person-of-${org_unit}` },
      rules: { default_autonomy: 'approve', action_overrides: { email_send: 'block' } },
    },
  ];
  return { ...common, ...each[n % perUnit] };
}
