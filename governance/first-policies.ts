import type { Actor } from '#domain/actor.ts';
import type { Policy } from '#domain/policy.ts';
import type { Ledger } from '#stores/ledger.ts';
import type { PolicyStore } from '#stores/policies.ts';
import { createRecordEvent } from './record.ts';

interface FirstPoliciesOptions {
  policies: PolicyStore;
  ledger: Ledger;
  tenantId: string;
  now: () => Date;
  /** Made anew for this tenant: `shippedPolicies`, or `demoPolicies` for a trial. */
  make: (by: { by: string; at: Date }) => readonly Policy[];
}

/**
 * Gives a tenant the first policies that it lacks, each on record and signed. Where a policy of that domain and place is,
 * or was, the tenant's own decision stands. Policies from before signatures are signed once. Safe to repeat. The store has
 * to hold the signing key; throws `POLICY_SET_REFUSED` as it does.
 */
export async function giveFirstPolicies({
  policies,
  ledger,
  tenantId,
  now,
  make,
}: FirstPoliciesOptions): Promise<void> {
  const existing = await policies.list(tenantId, {});
  if (existing.length > 0) await policies.renewSignature(tenantId);
  const by = 'openclaw-setup';
  const setup: Actor = { tenantId, userId: by, role: 'enterprise_admin', orgUnit: '' };
  const recordEvent = createRecordEvent({ ledger, now });
  const places = new Set(existing.map(placeOf));
  const missing = make({ by, at: now() }).filter((policy) => !places.has(placeOf(policy)));
  for (const policy of missing) {
    await recordEvent(setup, {
      event: 'policy.created',
      detail: `${policy.name} (${policy.domain}, ${policy.scope.level}), version ${policy.version}: ${policy.changeReason}`,
      outcome: 'success',
      metadata: { policy_id: policy.id, version: policy.version, status: policy.status },
    });
    await policies.insert(tenantId, policy);
  }
}

function placeOf({ domain, scope }: Policy): string {
  return JSON.stringify([domain, scope.level, scope.orgUnit, scope.userId]);
}
