import { ownActions } from '#domain/action/own-actions.ts';
import type { Decide } from '#governance/decide.ts';
import type { PolicyCache } from '#governance/policy/cache.ts';
import type { PolicyParts } from '#governance/policy/open-policy-parts.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import type { Check } from './check-system.ts';
import { NotWell, ofAll, throwIfAny } from './not-well.ts';

interface CheckPolicyOptions {
  decide: Decide;
  policyCache: Pick<PolicyCache, 'degraded'>;
  policyParts: Pick<PolicyParts, 'problems'>;
  tenants: TenantStore;
}

/**
 * Really evaluates the Rego with the policies of a tenant. An answer that comes from a failure does not count, and
 * neither does one by policies that should have been replaced.
 */
export function checkPolicy({ decide, policyCache, policyParts, tenants }: CheckPolicyOptions): Check {
  return async () => {
    const [tenant] = await tenants.list();
    if (tenant === undefined) return;
    const { rules } = await decide({
      actor: { tenantId: tenant.id, userId: 'status', role: 'user', orgUnit: '' },
      facts: ownActions.readAudit,
      classification: 'internal',
      origin: 'user',
      target: 'status',
      inputDigest: '',
      runId: null,
      requesterConfirmed: true,
    });
    if (rules.some(({ code }) => code === 'policy_engine_error'))
      throw new NotWell([ofAll('policy could not be evaluated')]);
    throwIfAny([
      ...policyCache
        .degraded()
        .map((tenantId) => ({ tenantId, problem: 'the newest policies could not be taken over' })),
      ...policyParts.problems(),
    ]);
  };
}
