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

/** Gives a new tenant its policies, each on record; a tenant that has some keeps them. */
export async function giveFirstPolicies({
  policies,
  ledger,
  tenantId,
  now,
  make,
}: FirstPoliciesOptions): Promise<void> {
  const { policies: active } = await policies.active(tenantId);
  if (active.length > 0) return;
  const by = 'openclaw-setup';
  const setup: Actor = { tenantId, userId: by, role: 'enterprise_admin', orgUnit: '' };
  const recordEvent = createRecordEvent({ ledger, now });
  for (const policy of make({ by, at: now() })) {
    await recordEvent(setup, {
      event: 'policy.created',
      detail: `${policy.name} (${policy.domain}, ${policy.scope.level}), version ${policy.version}: ${policy.changeReason}`,
      outcome: 'success',
      metadata: { policy_id: policy.id, version: policy.version, status: policy.status },
    });
    await policies.insert(tenantId, policy);
  }
}
