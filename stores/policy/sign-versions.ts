import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { TenantTx } from '../database.ts';
import { hasOwnProof, type Proving, setIsIntact } from './proven.ts';
import { readAllVersions } from './read.ts';
import { signSettings } from './settings.ts';
import type { PolicySet } from './signed-set.ts';
import { endStatement, type StoredVersion, signed, signerOf, versionStatement } from './version-proof.ts';

/** What was signed: how many versions, and a digest over all that each of them says. */
export interface SignedVersions {
  versions: number;
  digest: string;
}

/**
 * Signs every version from before there were proofs, that policies have ended, and the settings: once, at the upgrade.
 * `undefined` when that was done: what has no proof then never gets one. The caller holds the lock.
 */
export async function signOlderVersions(tx: TenantTx, proving: Proving): Promise<SignedVersions | undefined> {
  const { versions_signed_at: done } = await tx
    .selectFrom('policy_revision')
    .select('versions_signed_at')
    .executeTakeFirstOrThrow();
  if (done !== null) return undefined;
  const versions = await readAllVersions(tx);
  for (const version of versions) {
    if (!hasOwnProof(proving, version)) await addProof(tx, proving, version);
  }
  await addEnds(tx, proving, versions);
  await signSettings(tx, proving);
  await tx.updateTable('policy_revision').set({ versions_signed_at: new Date().toISOString() }).execute();
  const said = versions.map(({ policy }) => versionStatement(proving.tenantId, policy));
  return { versions: versions.length, digest: sha256Hex(canonicalJson(said)) };
}

/** Gives proofs to what a gateway of the release before put in force, which the signed set vouches for. */
export async function proveMembers(
  tx: TenantTx,
  proving: Proving,
  { set, versions }: { set: PolicySet; versions: readonly StoredVersion[] },
): Promise<void> {
  const bare = versions.filter(({ proof }) => proof === null);
  if (bare.length === 0 || !setIsIntact(proving, set)) return;
  for (const version of bare) await addProof(tx, proving, version);
}

/** On record as ended when this is the newest version: without it, nobody's word ends a policy. */
export async function addEnd(
  tx: TenantTx,
  { tenantId, signing }: Proving,
  { policyId, version }: { policyId: string; version: number },
): Promise<void> {
  const { keyId, signature } = signed(signerOf(signing), endStatement(tenantId, policyId, version));
  await tx
    .insertInto('policy_ends')
    .values({ policy_id: policyId, version, key_id: keyId, signature })
    .execute();
}

export async function addProof(
  tx: TenantTx,
  { tenantId, signing }: Proving,
  { policy }: Pick<StoredVersion, 'policy'>,
): Promise<void> {
  const { keyId, signature } = signed(signerOf(signing), versionStatement(tenantId, policy));
  await tx
    .updateTable('policies')
    .set({ key_id: keyId, signature })
    .where('id', '=', policy.id)
    .where('version', '=', policy.version)
    .execute();
}

async function addEnds(tx: TenantTx, proving: Proving, versions: readonly StoredVersion[]): Promise<void> {
  const newest = new Map(versions.map(({ policy }) => [policy.id, policy]));
  for (const { id, version, status } of newest.values())
    if (status === 'deprecated') await addEnd(tx, proving, { policyId: id, version });
}
