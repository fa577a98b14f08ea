import type { Policy } from '#domain/policy/policy.ts';
import type { TenantTx } from '../database.ts';
import { readActiveSet } from './read.ts';
import { policyRef } from './rows.ts';
import { isUntouched, type PolicySet, policySetIsSigned } from './signed-set.ts';
import {
  endStatement,
  isProof,
  type PolicySigning,
  proofOf,
  type StoredVersion,
  versionStatement,
} from './version-proof.ts';

export interface Proving {
  tenantId: string;
  /** Absent: nothing proves anything. */
  signing: PolicySigning | undefined;
}

export function refOf({ id, version }: Pick<Policy, 'id' | 'version'>): string {
  return policyRef(id, version);
}

/** The policies of these rows; those that nothing proves say so. */
export async function withProofs(
  tx: TenantTx,
  proving: Proving,
  versions: readonly StoredVersion[],
): Promise<Policy[]> {
  const own = new Set(versions.filter((one) => hasOwnProof(proving, one)));
  const inDoubt = versions.filter((one) => !own.has(one));
  // What a gateway of the release before put in force has no proof of its own: the signed set vouches for it.
  const vouched = inDoubt.some(mayBeInForce) ? await inSignedSet(tx, proving) : new Set<string>();
  return versions.map((one) =>
    own.has(one) || vouched.has(refOf(one.policy)) ? one.policy : asUnproven(one.policy),
  );
}

export function hasOwnProof({ tenantId, signing }: Proving, { policy, proof }: StoredVersion): boolean {
  return isProof(signing, versionStatement(tenantId, policy), proof);
}

export function isProven({ unproven }: Policy): boolean {
  return unproven === undefined;
}

/** Is the set what one of ours signed, or that of a new tenant? */
export function setIsIntact({ tenantId, signing }: Proving, set: PolicySet): boolean {
  return isUntouched(set) || (signing !== undefined && policySetIsSigned(signing.verify, tenantId, set));
}

/** Was the policy ended when this was its newest version? */
export async function endIsProven(
  tx: TenantTx,
  { tenantId, signing }: Proving,
  { id, version }: Pick<Policy, 'id' | 'version'>,
): Promise<boolean> {
  const ends = await tx
    .selectFrom('policy_ends')
    .select(['key_id', 'signature'])
    .where('policy_id', '=', id)
    .where('version', '=', version)
    .execute();
  return ends.some((end) => isProof(signing, endStatement(tenantId, id, version), proofOf(end)));
}

function mayBeInForce({ policy: { status, canaryFor } }: StoredVersion): boolean {
  return status === 'active' || canaryFor !== undefined;
}

async function inSignedSet(tx: TenantTx, proving: Proving): Promise<ReadonlySet<string>> {
  const set = await readActiveSet(tx);
  return new Set(setIsIntact(proving, set) ? set.policies.map(refOf) : []);
}

/** Nothing that we write is nested deeper than a few levels; whoever shows it goes through it level by level. */
const mostLevels = 32;

function asUnproven(policy: Policy): Policy {
  const { rules, mayGrant } = policy;
  return {
    ...policy,
    rules: levelsOf(rules) > mostLevels ? {} : rules,
    mayGrant: mayGrant !== null && levelsOf(mayGrant) > mostLevels ? {} : mayGrant,
    unproven: true,
  };
}

/** Without recursion, which is what deep nesting would break. */
function levelsOf(value: unknown): number {
  let levels = 0;
  let level = [value];
  while (level.length > 0 && levels <= mostLevels) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    levels += 1;
  }
  return levels;
}
