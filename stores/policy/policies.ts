import { CodedError } from '#domain/error.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { createInTurn } from '#platform/in-turn.ts';
import type { TenantDatabase } from '../database.ts';
import {
  applyChange,
  lockPolicies,
  NumberTaken,
  type PolicyChange,
  type PolicyState,
  provenVersions,
  renewSignature,
  signedAnew,
  stateIsCurrent,
  storeSignature,
} from './change.ts';
import { createSeenProofs, everyUnproven, unprovenNewest } from './newest.ts';
import { endIsProven, isProven, refOf, setIsIntact, withProofs } from './proven.ts';
import {
  type PolicyFilters,
  type PolicyPageQuery,
  readActiveSet,
  readActiveVersions,
  readCurrent,
  readPage,
  readVersions,
} from './read.ts';
import { addProof, type SignedVersions, signOlderVersions } from './sign-versions.ts';
import { type PolicySet, policySetDigest } from './signed-set.ts';
import type { PolicySigning } from './version-proof.ts';

export interface PolicyStore {
  active(tenantId: string): Promise<PolicySet>;
  /** What changes are worked out from: of the active set what is proven, and whether it is the one that was signed. */
  ground(tenantId: string): Promise<{ revision: number; active: readonly Policy[]; isIntact: boolean }>;
  /**
   * Every version of one policy, oldest first; empty for an unknown id. Here and below, what nothing proves is there
   * too and says so.
   */
  versions(tenantId: string, id: string): Promise<readonly Policy[]>;
  /** Was the policy ended when this was its newest version? A status alone says nothing. */
  hasEnded(tenantId: string, newest: Pick<Policy, 'id' | 'version'>): Promise<boolean>;
  /** Every version that nothing proves, as `policyRef` names them; of drafts and what is in force alone if wanted. */
  unproven(tenantId: string, options?: { onlyLiving: boolean }): Promise<readonly string[]>;
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
   * Gives versions from before there were proofs theirs, once for each tenant; `false` when that was done. `beforeCommit`
   * as in `change`.
   */
  signOlderVersions(
    tenantId: string,
    beforeCommit: (made: SignedVersions) => Promise<void>,
  ): Promise<boolean>;
  /**
   * Signs a set from before there were signatures, and an intact one after the key was changed. Does nothing to any
   * other.
   */
  renewSignature(tenantId: string): Promise<void>;
  /**
   * Signs what is active now, whoever put it there, if its digest is the given one: for an operator who has looked at
   * it. With the digest of what of it is proven, the rest ends first. Throws `POLICY_CHANGED` when it is another.
   * `beforeCommit` as in `change`.
   */
  signAsIs(tenantId: string, looked: { digest: string; beforeCommit: () => Promise<void> }): Promise<void>;
}

interface PolicyStoreOptions {
  database: TenantDatabase;
  /** Without its key policies can only be read; absent: none is proven. */
  signing?: PolicySigning | undefined;
  now?: () => Date;
}

export function createPolicyStore(options: PolicyStoreOptions): PolicyStore {
  const { database, signing, now = () => new Date() } = options;
  const inTurn = createInTurn();
  const seen = createSeenProofs();
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
    ground: (tenantId) =>
      database.inTenant(tenantId, async (tx) => {
        const { versions, ...set } = await readActiveVersions(tx);
        const { revision } = set;
        const active = versions.map(({ policy }) => policy);
        if (setIsIntact({ tenantId, signing }, { ...set, policies: active }))
          return { revision, active, isIntact: true };
        const proven = (await withProofs(tx, { tenantId, signing }, versions)).filter(isProven);
        return { revision, active: proven, isIntact: false };
      }),
    versions: (tenantId, id) =>
      database.inTenant(tenantId, async (tx) =>
        withProofs(tx, { tenantId, signing }, await readVersions(tx, id)),
      ),
    hasEnded: (tenantId, newest) =>
      database.inTenant(tenantId, (tx) => endIsProven(tx, { tenantId, signing }, newest)),
    unproven: (tenantId, { onlyLiving } = { onlyLiving: false }) =>
      database.inTenant(tenantId, (tx) => everyUnproven(tx, { tenantId, signing }, { seen, onlyLiving })),
    list: (tenantId, filters) =>
      database.inTenant(tenantId, async (tx) => {
        const proving = { tenantId, signing };
        const skipped = await unprovenNewest(tx, proving, seen);
        return withProofs(tx, proving, await readCurrent(tx, filters, skipped));
      }),
    page: (tenantId, query) =>
      database.inTenant(tenantId, async (tx) => {
        const proving = { tenantId, signing };
        const { versions, total } = await readPage(tx, query, await unprovenNewest(tx, proving, seen));
        return { policies: await withProofs(tx, proving, versions), total };
      }),
    change: (tenantId, change, { seen: state, beforeCommit }) =>
      unlessTaken(
        locked(tenantId, async (tx) => {
          const proving = { tenantId, signing, now };
          if (!(await stateIsCurrent(tx, proving, { id: change.policyId, seen: state }))) return false;
          const versions = state.versions.length;
          await signedAnew(tx, proving, () => applyChange(tx, proving, { change, versions }));
          await beforeCommit();
          return true;
        }),
      ),
    insert: (tenantId, policy) =>
      unlessTaken(
        locked(tenantId, async (tx) => {
          const proving = { tenantId, signing, now };
          const stored = await provenVersions(tx, proving, policy.id);
          if (stored.some(({ version }) => version === policy.version)) return false;
          const deprecate = policy.status === 'active' ? endedBy(policy, stored) : [];
          const change = { policyId: policy.id, deprecate, insert: policy, activate: null };
          await signedAnew(tx, proving, () => applyChange(tx, proving, { change, versions: stored.length }));
          return true;
        }),
      ),
    signOlderVersions: (tenantId, beforeCommit) =>
      locked(tenantId, async (tx) => {
        const made = await signOlderVersions(tx, { tenantId, signing });
        if (made === undefined) return false;
        await beforeCommit(made);
        return true;
      }),
    renewSignature: (tenantId) => locked(tenantId, (tx) => renewSignature(tx, { tenantId, signing, now })),
    signAsIs: (tenantId, { digest, beforeCommit }) =>
      locked(tenantId, async (tx) => {
        const proving = { tenantId, signing, now };
        const { versions } = await readActiveVersions(tx);
        const policies = await withProofs(tx, proving, versions);
        const rest = policies.filter((policy) => !isProven(policy));
        if (policySetDigest(policies.filter(isProven)) === digest) {
          for (const { id, version } of rest)
            await applyChange(tx, proving, { change: ending(id, version), versions: 1 });
        } else if (policySetDigest(policies) === digest) {
          for (const one of versions.filter(({ policy }) => rest.map(refOf).includes(refOf(policy))))
            if (one.proof === null) await addProof(tx, proving, one);
        } else throw new CodedError('POLICY_CHANGED');
        await storeSignature(tx, proving, await readActiveSet(tx));
        await beforeCommit();
      }),
  };
}

/** `false` when a version of that number was written meanwhile, by somebody who does not take turns. */
function unlessTaken(changing: Promise<boolean>): Promise<boolean> {
  return changing.catch((error: unknown) => {
    if (error instanceof NumberTaken) return false;
    throw error;
  });
}

function ending(policyId: string, version: number): PolicyChange {
  return { policyId, deprecate: [version], insert: null, activate: null };
}

function endedBy(policy: Policy, stored: readonly Policy[]): number[] {
  return stored
    .filter(({ version, status }) => version < policy.version && status !== 'deprecated')
    .map(({ version }) => version);
}
