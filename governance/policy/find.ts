import type { Policy } from '#domain/policy/policy.ts';
import { governedDomains } from '#domain/policy/rules.ts';
import type { PolicyStore } from '#stores/policy/policies.ts';

/**
 * Every version of the policy with this id, oldest first. `pol_<domain>` is the enterprise's policy of that domain, as
 * the documents write it (seed 000: `PUT /api/v1/policies/pol_integrations`).
 */
export async function findPolicy(
  policies: Pick<PolicyStore, 'versions' | 'list'>,
  tenantId: string,
  id: string,
): Promise<readonly Policy[]> {
  const domain = governedDomains.find((known) => id === `pol_${known}`);
  if (domain === undefined) return await policies.versions(tenantId, id);
  const found = await policies.list(tenantId, { domain, level: 'enterprise' });
  const ofEnterprise = found.filter(({ unproven }) => !unproven);
  const named =
    ofEnterprise.find(({ status }) => status === 'active') ??
    ofEnterprise.findLast(({ status }) => status === 'draft') ??
    ofEnterprise.at(-1);
  return named === undefined ? [] : await policies.versions(tenantId, named.id);
}
