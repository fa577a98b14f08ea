import type { Policy } from '#domain/policy/policy.ts';
import enterpriseActions from '#policies/shipped/enterprise-actions.json' with { type: 'json' };
import enterpriseAgentToAgent from '#policies/shipped/enterprise-agent-to-agent.json' with { type: 'json' };
import enterpriseAudit from '#policies/shipped/enterprise-audit.json' with { type: 'json' };
import enterpriseData from '#policies/shipped/enterprise-data.json' with { type: 'json' };
import enterpriseFeatures from '#policies/shipped/enterprise-features.json' with { type: 'json' };
import enterpriseIntegrations from '#policies/shipped/enterprise-integrations.json' with { type: 'json' };
import enterpriseModels from '#policies/shipped/enterprise-models.json' with { type: 'json' };
import { parseNewPolicy } from './parse-new-policy.ts';

interface ShippedPoliciesOptions {
  /** Who is recorded as their creator. */
  by: string;
  at: Date;
}

/** One enterprise policy for each domain. */
const enterprise: readonly unknown[] = [
  enterpriseActions,
  enterpriseIntegrations,
  enterpriseModels,
  enterpriseAgentToAgent,
  enterpriseFeatures,
  enterpriseData,
  enterpriseAudit,
];

/** What every new tenant starts with, checked as the API checks policies; each call makes new ids. */
export function shippedPolicies({ by, at }: ShippedPoliciesOptions): readonly Policy[] {
  return enterprise.reduce<readonly Policy[]>(
    (among, body) => [...among, parseNewPolicy(body, { among, by, at })],
    [],
  );
}
