import { CodedError } from '#domain/error.ts';
import type { Policy, PolicyStatus } from '#domain/policy/policy.ts';
import { codeOf } from '#platform/database/failure.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import type { TenantTx } from '../database.ts';
import { isProven, type Proving, setIsIntact, withProofs } from './proven.ts';
import { readActiveSet, readActiveVersions, readLivingOf, readVersions } from './read.ts';
import { toRow } from './rows.ts';
import { addEnd, proveMembers } from './sign-versions.ts';
import { type PolicySet, policySetIsSigned, signPolicySet } from './signed-set.ts';
import { signed, signerOf, versionStatement } from './version-proof.ts';

/** What happens to the versions of one policy. */
export interface PolicyChange {
  policyId: string;
  /** Versions that end. */
  deprecate: readonly number[];
  /** The version to add, as a draft or in force. */
  insert: Policy | null;
  /** The draft to put in force. */
  activate: number | null;
  /**
   * The canary of a draft; `null` = none any more. Left out, an existing one continues while its version is a draft.
   */
  canary?: { version: number; userIds: readonly string[] } | null;
  /** The policy ends; this is its newest version. */
  end?: number;
}

/** What a change was worked out from; it can be made only while this is still the case. */
export interface PolicyState {
  revision: number;
  /** Those that are proven. */
  versions: readonly { version: number; status: PolicyStatus }[];
}

interface Signed extends Proving {
  now: () => Date;
}

/** Somebody else wrote a version of that number meanwhile: it is worked out anew. */
export class NumberTaken extends Error {}

/** Changes of a tenant's policies take turns: waits until the transaction of another has ended. */
export async function lockPolicies(tx: TenantTx): Promise<void> {
  await tx.selectFrom('policy_revision').select('revision').forUpdate().execute();
}

/** The caller holds the lock. */
export async function stateIsCurrent(
  tx: TenantTx,
  proving: Proving,
  { id, seen }: { id: string; seen: PolicyState },
): Promise<boolean> {
  const { revision } = await tx.selectFrom('policy_revision').select('revision').executeTakeFirstOrThrow();
  const versions = await provenVersions(tx, proving, id);
  return (
    revision === seen.revision &&
    versions.length === seen.versions.length &&
    versions.every(({ version, status }, index) => {
      const known = seen.versions[index];
      return known?.version === version && known.status === status;
    })
  );
}

/** Every proven version of one policy, oldest first. */
export async function provenVersions(tx: TenantTx, proving: Proving, id: string): Promise<Policy[]> {
  return (await withProofs(tx, proving, await readVersions(tx, id))).filter(isProven);
}

/** Most drafts and active policies of one person in one domain. */
const mostOfOnePerson = 5;
/** Most versions of one policy of a person: each is kept for ever, and all are read whenever the policy changes. */
const mostVersionsOfOnePerson = 1_000;

/**
 * Throws `POLICY_CONFLICT` when another policy is active for that domain and position, `POLICY_LIMIT_REACHED` for more
 * policies of a person than `mostOfOnePerson`, or more versions of one than `mostVersionsOfOnePerson`. The caller holds
 * the lock. `versions` = how many proven ones the policy has.
 */
export async function applyChange(
  tx: TenantTx,
  proving: Proving,
  { change, versions }: { change: PolicyChange; versions: number },
) {
  const { policyId, deprecate, insert, activate, end } = change;
  if (insert !== null) await refuseTooMany(tx, proving, { insert, versions });
  if (deprecate.length > 0) {
    await tx
      .updateTable('policies')
      .set({ status: 'deprecated' })
      .where('id', '=', policyId)
      .where('version', 'in', [...deprecate])
      .execute();
  }
  try {
    if (insert !== null) {
      const row = toRow(insert);
      const { keyId, signature } = signed(
        signerOf(proving.signing),
        versionStatement(proving.tenantId, insert),
      );
      await tx
        .insertInto('policies')
        .values({ ...row, key_id: keyId, signature })
        .execute();
    }
    if (activate !== null) {
      await tx
        .updateTable('policies')
        .set({ status: 'active' })
        .where('id', '=', policyId)
        .where('version', '=', activate)
        .execute();
    }
  } catch (cause) {
    if (isOfNumber(cause)) throw new NumberTaken();
    if (codeOf(cause) === '23505') throw new CodedError('POLICY_CONFLICT', { cause });
    throw cause;
  }
  if (end !== undefined) await addEnd(tx, proving, { policyId, version: end });
  await applyCanary(tx, change);
}

function isOfNumber(cause: unknown): boolean {
  return (
    codeOf(cause) === '23505' &&
    cause instanceof Error &&
    'constraint' in cause &&
    cause.constraint === 'policies_pkey'
  );
}

/** What nothing proves counts for nothing here: nobody is kept from a policy of their own by rows of somebody else. */
async function refuseTooMany(
  tx: TenantTx,
  proving: Proving,
  { insert: { id, domain, scope }, versions }: { insert: Policy; versions: number },
): Promise<void> {
  if (scope.level !== 'user' || scope.userId === null) return;
  if (versions >= mostVersionsOfOnePerson) {
    throw new CodedError('POLICY_LIMIT_REACHED', {
      message: `This policy has ${mostVersionsOfOnePerson} versions, which is as many as there may be. End it and make a new one.`,
    });
  }
  if (versions > 0) return;
  const others = await withProofs(tx, proving, await readLivingOf(tx, { domain, userId: scope.userId }));
  const living = new Set(others.filter((one) => isProven(one) && one.id !== id).map((one) => one.id));
  if (living.size >= mostOfOnePerson) throw new CodedError('POLICY_LIMIT_REACHED');
}

async function applyCanary(tx: TenantTx, { policyId, canary }: PolicyChange): Promise<void> {
  await tx
    .deleteFrom('policy_canaries')
    .where('policy_id', '=', policyId)
    .$if(canary === undefined, (query) =>
      query.where('version', 'not in', (eb) =>
        eb.selectFrom('policies').select('version').where('id', '=', policyId).where('status', '=', 'draft'),
      ),
    )
    .execute();
  if (canary === undefined || canary === null) return;
  const { version, userIds } = canary;
  await tx
    .insertInto('policy_canaries')
    .values({ policy_id: policyId, version, user_ids: jsonText(userIds) })
    .execute();
}

/**
 * Runs `work` and signs the active set if it changed. The set before must be intact: signing what somebody slipped in
 * would vouch for it. Throws `POLICY_SET_REFUSED` when it isn't. The caller holds the lock.
 */
export async function signedAnew(tx: TenantTx, signing: Signed, work: () => Promise<void>): Promise<void> {
  const { versions, ...set } = await readActiveVersions(tx);
  const before: PolicySet = { ...set, policies: versions.map(({ policy }) => policy) };
  await proveMembers(tx, signing, { set: before, versions });
  await work();
  const after = await readActiveSet(tx);
  if (after.revision === before.revision) return;
  if (!setIsIntact(signing, before)) throw new CodedError('POLICY_SET_REFUSED');
  await storeSignature(tx, signing, after);
}

/** Signs a set that was never signed, and one that is intact with the current key. The caller holds the lock. */
export async function renewSignature(tx: TenantTx, renewing: Signed): Promise<void> {
  const set = await readActiveSet(tx);
  if (set.signed !== null) {
    const { tenantId, signing } = renewing;
    const current = set.signed.keyId === signing?.signer?.keyId;
    if (current || signing === undefined || !policySetIsSigned(signing.verify, tenantId, set)) return;
  }
  await storeSignature(tx, renewing, set);
}

/** Signs the set as it is, whoever put it there: for an operator who has looked at it. The caller holds the lock. */
export async function storeSignature(
  tx: TenantTx,
  { tenantId, signing, now }: Signed,
  set: PolicySet,
): Promise<void> {
  const at = now();
  const { digest, keyId, signature, signedAt } = signPolicySet(signerOf(signing), { tenantId, set, at });
  await tx
    .updateTable('policy_revision')
    .set({ digest, key_id: keyId, signature, signed_at: signedAt })
    .execute();
}
