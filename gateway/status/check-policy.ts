import { ownActions } from '#domain/own-actions.ts';
import type { Decide } from '#governance/decide.ts';
import type { TenantStore } from '#stores/tenants.ts';
import type { Check } from './check-system.ts';

/** Really evaluates the Rego with the policies of a tenant; an answer that comes from a failure is none. */
export function checkPolicy({ decide, tenants }: { decide: Decide; tenants: TenantStore }): Check {
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
      throw new Error('policy could not be evaluated');
  };
}
