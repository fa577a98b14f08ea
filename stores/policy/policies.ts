import { CodedError } from '#domain/error.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { createInTurn } from '#platform/in-turn.ts';
import type { TenantDatabase } from '../database.ts';
import {
  applyChange,
  lockPolicies,
  type PolicyChange,
  type PolicySigning,
  type PolicyState,
  renewSignature,
  signedAnew,
  stateIsCurrent,
  storeSignature,
} from './change.ts';
import {
  type PolicyFilters,
  type PolicyPageQuery,
  readActiveSet,
  readCurrent,
  readPage,
  readVersions,
} from './read.ts';
import { type PolicySet, policySetDigest } from './signed-set.ts';

export interface PolicyStore {
  active(tenantId: string): Promise<PolicySet>;
  /** Every version of one policy, oldest first; empty for an unknown id. */
  versions(tenantId: string, id: string): Promise<readonly Policy[]>;
  /** Of each policy the active version, and the newest if that is another one. */
  list(tenantId: string, filters: PolicyFilters): Promise<readonly Policy[]>;
  /** As `list`, but only what somebody may read, in pages; `total` counts all of that. */
  page(tenantId: string, query: PolicyPageQuery): Promise<{ policies: readonly Policy[]; total: number }>;
  /**
   * Carries out a change and signs the set anew, under a lock. `false`, with nothing done, when policies have changed
   * since `seen`. `beforeCommit` runs last and undoes everything by throwing. Throws `POLICY_CONFLICT` when another
   * policy is active for that domain and position, `POLICY_LIMIT_REACHED` when a person has too many,
   * `POLICY_SET_REFUSED` when the stored set is not one that we signed.
   */
  change(
    tenantId: string,
    change: PolicyChange,
    options: { seen: PolicyState; beforeCommit: () => Promise<void> },
  ): Promise<boolean>;
  /**
   * False when this id and version is stored already. A new active version deprecates the older ones of the same id;
   * throws `POLICY_CONFLICT` as `change` does. For set-up and tests: nothing is recorded.
   */
  insert(tenantId: string, policy: Policy): Promise<boolean>;
  /**
   * Signs a set from before there were signatures, and an intact one after the key was changed. Does nothing to any
   * other.
   */
  renewSignature(tenantId: string): Promise<void>;
  /**
   * Signs what is active now, whoever put it there, if its digest is the given one: for an operator who has looked at
   * it. Throws `POLICY_CHANGED` when it is another. `beforeCommit` as in `change`.
   */
  signAsIs(tenantId: string, looked: { digest: string; beforeCommit: () => Promise<void> }): Promise<void>;
}

interface PolicyStoreOptions {
  database: TenantDatabase;
  /** Absent: policies can only be read and drafted. */
  signing?: PolicySigning | undefined;
  now?: () => Date;
}

export function createPolicyStore(options: PolicyStoreOptions): PolicyStore {
  const { database, signing, now = () => new Date() } = options;
  const inTurn = createInTurn();
  // The holder of the lock needs a second connection for the record: if all connections of a pool waited for the lock,
  // none would be left.
  const locked: TenantDatabase['inTenant'] = (tenantId, work) =>
    inTurn('policies', () =>
      database.inTenant(tenantId, async (tx) => {
        await lockPolicies(tx);
        return work(tx);
      }),
    );
  return {
    active: (tenantId) => database.inTenant(tenantId, readActiveSet),
    versions: (tenantId, id) => database.inTenant(tenantId, (tx) => readVersions(tx, id)),
    list: (tenantId, filters) => database.inTenant(tenantId, (tx) => readCurrent(tx, filters)),
    page: (tenantId, query) => database.inTenant(tenantId, (tx) => readPage(tx, query)),
    change: (tenantId, change, { seen, beforeCommit }) =>
      locked(tenantId, async (tx) => {
        if (!(await stateIsCurrent(tx, change.policyId, seen))) return false;
        await signedAnew(tx, { tenantId, signing, now }, () => applyChange(tx, change));
        await beforeCommit();
        return true;
      }),
    insert: (tenantId, policy) =>
      locked(tenantId, async (tx) => {
        const stored = await readVersions(tx, policy.id);
        if (stored.some(({ version }) => version === policy.version)) return false;
        const deprecate = policy.status === 'active' ? endedBy(policy, stored) : [];
        await signedAnew(tx, { tenantId, signing, now }, () =>
          applyChange(tx, { policyId: policy.id, deprecate, insert: policy, activate: null }),
        );
        return true;
      }),
    renewSignature: (tenantId) => locked(tenantId, (tx) => renewSignature(tx, { tenantId, signing, now })),
    signAsIs: (tenantId, { digest, beforeCommit }) =>
      locked(tenantId, async (tx) => {
        const set = await readActiveSet(tx);
        if (policySetDigest(set.policies) !== digest) throw new CodedError('POLICY_CHANGED');
        await storeSignature(tx, { tenantId, signing, now }, set);
        await beforeCommit();
      }),
  };
}

function endedBy(policy: Policy, stored: readonly Policy[]): number[] {
  return stored
    .filter(({ version, status }) => version < policy.version && status !== 'deprecated')
    .map(({ version }) => version);
}
