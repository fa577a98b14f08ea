import type { Actor } from '#domain/person/actor.ts';
import type { Policy } from '#domain/policy/policy.ts';
import type { PolicyStore } from '#stores/policy/policies.ts';
import type { EntryFacts, RecordEvent } from '../../record.ts';
import { changeOnRecord } from './change-on-record.ts';
import { signOlderVersions } from './sign-older-versions.ts';

interface MissingPoliciesOptions {
  policies: PolicyStore;
  recordEvent: RecordEvent;
  tenantId: string;
  now: () => Date;
  /** Makes them for this tenant: `shippedPolicies`, or `demoPolicies` of the local stack. */
  make: (by: { by: string; at: Date }) => readonly Policy[];
}

/**
 * Gives a tenant those first policies that it lacks, each recorded and signed. Where there is, or was, a policy of that
 * domain and place, the tenant's own decision stands. Policies from before signatures are signed once, as a set and
 * each version. Safe to repeat, also from several processes at once. The store needs the signing key; throws `POLICY_SET_REFUSED` as it does.
 */
export async function addMissingPolicies({
  policies,
  recordEvent,
  tenantId,
  now,
  make,
}: MissingPoliciesOptions): Promise<void> {
  const by = 'openclaw-setup';
  const setup: Actor = { tenantId, userId: by, role: 'enterprise_admin', orgUnit: '' };
  const first = make({ by, at: now() });
  await signOlderVersions({ policies, recordEvent, tenantId });
  if ((await policies.list(tenantId, {})).length > 0) await policies.renewSignature(tenantId);
  for (;;) {
    const { revision } = await policies.active(tenantId);
    // What nothing proves takes no place, unless it stands as in force: then an operator has to look first.
    const taken = (await policies.list(tenantId, {})).filter(
      ({ unproven, status }) => !unproven || status === 'active',
    );
    const places = new Set(taken.map(placeOf));
    const policy = first.find((one) => !places.has(placeOf(one)));
    if (policy === undefined) return;
    // If another process was faster, nothing happens and the loop looks again.
    await changeOnRecord({ policies, recordEvent }, setup, {
      change: { policyId: policy.id, deprecate: [], insert: policy, activate: null },
      seen: { revision, versions: [] },
      entry: createdEntry(policy),
    });
  }
}

function createdEntry({ id, name, domain, scope, version, status, changeReason }: Policy): EntryFacts {
  return {
    event: 'policy.created',
    detail: `${name} (${domain}, ${scope.level}), version ${version}: ${changeReason}`,
    outcome: 'success',
    metadata: { policy_id: id, version, status },
  };
}

function placeOf({ domain, scope }: Policy): string {
  return JSON.stringify([domain, scope.level, scope.orgUnit, scope.userId]);
}
