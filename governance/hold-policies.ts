import type { Policy } from '#domain/policy.ts';

/** A tenant's active policies at one moment. */
export interface PolicySnapshot {
  /** Changes whenever an active policy of the tenant does. */
  revision: string | number;
  policies: readonly Policy[];
}

interface HoldPoliciesOptions {
  readPolicies: (tenantId: string) => Promise<PolicySnapshot>;
  maxAgeMs: number;
  now: () => number;
}

export interface HeldPolicies {
  read(tenantId: string): Promise<PolicySnapshot>;
  forget(tenantId: string): void;
}

/** Keeps each tenant's active policies for a while; what couldn't be read isn't kept, and nothing older stands in. */
export function holdPolicies({ readPolicies, maxAgeMs, now }: HoldPoliciesOptions): HeldPolicies {
  const held = new Map<string, { since: number; policies: Promise<PolicySnapshot> }>();
  return {
    read(tenantId) {
      const known = held.get(tenantId);
      if (known !== undefined && now() - known.since < maxAgeMs) return known.policies;
      const entry = { since: now(), policies: readPolicies(tenantId) };
      held.set(tenantId, entry);
      entry.policies.catch(() => {
        if (held.get(tenantId) === entry) held.delete(tenantId);
      });
      return entry.policies;
    },
    forget(tenantId) {
      held.delete(tenantId);
    },
  };
}
