import { CodedError } from '#domain/error.ts';
import type { Policy, PolicyStatus } from '#domain/policy/policy.ts';
import type { Signer, Verifier } from '#platform/crypto/signature.ts';
import { codeOf } from '#platform/database/failure.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import type { TenantTx } from '../database.ts';
import { readActiveSet, readVersions } from './read.ts';
import { toRow } from './rows.ts';
import { isUntouched, type PolicySet, policySetIsSigned, signPolicySet } from './signed-set.ts';

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
}

/** What a change was worked out from; it can be made only while this is still the case. */
export interface PolicyState {
  revision: number;
  versions: readonly { version: number; status: PolicyStatus }[];
}

/** What a process needs to change the active set: the key that signs it, and those that have signed it before. */
export interface PolicySigning {
  signer: Signer;
  verify: Verifier;
}

interface Signed {
  tenantId: string;
  /** Absent in processes that only read. */
  signing: PolicySigning | undefined;
  now: () => Date;
}

/** Changes of a tenant's policies take turns: waits until the transaction of another has ended. */
export async function lockPolicies(tx: TenantTx): Promise<void> {
  await tx.selectFrom('policy_revision').select('revision').forUpdate().execute();
}

/** The caller holds the lock. */
export async function stateIsCurrent(tx: TenantTx, id: string, seen: PolicyState): Promise<boolean> {
  const { revision } = await tx.selectFrom('policy_revision').select('revision').executeTakeFirstOrThrow();
  const versions = await readVersions(tx, id);
  return (
    revision === seen.revision &&
    versions.length === seen.versions.length &&
    versions.every(({ version, status }, index) => {
      const known = seen.versions[index];
      return known?.version === version && known.status === status;
    })
  );
}

/** Most drafts and active policies of one person in one domain. */
const mostOfOnePerson = 5;
/** Most versions of one policy of a person: each is kept for ever, and all are read whenever the policy changes. */
const mostVersionsOfOnePerson = 1_000;

/**
 * Throws `POLICY_CONFLICT` when another policy is active for that domain and position, `POLICY_LIMIT_REACHED` for more
 * policies of a person than `mostOfOnePerson`, or more versions of one than `mostVersionsOfOnePerson`. The caller holds
 * the lock.
 */
export async function applyChange(tx: TenantTx, change: PolicyChange) {
  const { policyId, deprecate, insert, activate } = change;
  if (insert !== null) await refuseTooMany(tx, insert);
  if (deprecate.length > 0) {
    await tx
      .updateTable('policies')
      .set({ status: 'deprecated' })
      .where('id', '=', policyId)
      .where('version', 'in', [...deprecate])
      .execute();
  }
  try {
    if (insert !== null) await tx.insertInto('policies').values(toRow(insert)).execute();
    if (activate !== null) {
      await tx
        .updateTable('policies')
        .set({ status: 'active' })
        .where('id', '=', policyId)
        .where('version', '=', activate)
        .execute();
    }
  } catch (cause) {
    if (codeOf(cause) === '23505') throw new CodedError('POLICY_CONFLICT', { cause });
    throw cause;
  }
  await applyCanary(tx, change);
}

async function refuseTooMany(tx: TenantTx, { id, domain, scope, version }: Policy): Promise<void> {
  if (scope.level !== 'user' || scope.userId === null) return;
  if (version > mostVersionsOfOnePerson) {
    throw new CodedError('POLICY_LIMIT_REACHED', {
      message: `This policy has ${mostVersionsOfOnePerson} versions, which is as many as there may be. End it and make a new one.`,
    });
  }
  if (version > 1) return;
  const { living } = await tx
    .selectFrom('policies')
    .select(({ fn }) => fn.count<number>('id').distinct().as('living'))
    .where('domain', '=', domain)
    .where('level', '=', 'user')
    .where('user_id', '=', scope.userId)
    .where('status', '!=', 'deprecated')
    .where('id', '!=', id)
    .executeTakeFirstOrThrow();
  if (living >= mostOfOnePerson) throw new CodedError('POLICY_LIMIT_REACHED');
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
export async function signedAnew(tx: TenantTx, signed: Signed, work: () => Promise<void>): Promise<void> {
  const before = await readActiveSet(tx);
  await work();
  const after = await readActiveSet(tx);
  if (after.revision === before.revision) return;
  const { tenantId, signing } = signed;
  if (signing === undefined) throw new Error('the signing key is needed to change policies');
  if (!isUntouched(before) && !policySetIsSigned(signing.verify, tenantId, before)) {
    throw new CodedError('POLICY_SET_REFUSED');
  }
  await storeSignature(tx, signed, after);
}

/** Signs a set that was never signed, and one that is intact with the current key. The caller holds the lock. */
export async function renewSignature(tx: TenantTx, signed: Signed): Promise<void> {
  const set = await readActiveSet(tx);
  if (set.signed !== null) {
    const { tenantId, signing } = signed;
    const current = set.signed.keyId === signing?.signer.keyId;
    if (current || signing === undefined || !policySetIsSigned(signing.verify, tenantId, set)) return;
  }
  await storeSignature(tx, signed, set);
}

/** Signs the set as it is, whoever put it there: for an operator who has looked at it. The caller holds the lock. */
export async function storeSignature(tx: TenantTx, signed: Signed, set: PolicySet): Promise<void> {
  const { tenantId, signing, now } = signed;
  if (signing === undefined) throw new Error('the signing key is needed to sign policies');
  const { digest, keyId, signature, signedAt } = signPolicySet(signing.signer, { tenantId, set, at: now() });
  await tx
    .updateTable('policy_revision')
    .set({ digest, key_id: keyId, signature, signed_at: signedAt })
    .execute();
}
