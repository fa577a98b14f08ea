import { LRUCache } from 'lru-cache';
import type { Policy } from '#domain/policy/policy.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { Signer, Verifier } from '#platform/crypto/signature.ts';

/** A signature beside a row, by a process that holds the key of policies. */
export interface Proof {
  keyId: string;
  /** Base64url. */
  signature: string;
}

/** A version of a policy as it is stored, with what it carries as its proof. */
export interface StoredVersion {
  policy: Policy;
  /** `null` = none. */
  proof: Proof | null;
}

/** What processes that work with policies hold: the keys that verify, and in those that write the one that signs. */
export interface PolicySigning {
  signer?: Signer | undefined;
  verify: Verifier;
}

/** The key that signs; throws in a process that only reads. */
export function signerOf(signing: PolicySigning | undefined): Signer {
  if (signing?.signer === undefined) throw new Error('the signing key is needed to write policies');
  return signing.signer;
}

export function proofOf(row: { key_id: string | null; signature: string | null }): Proof | null {
  const { key_id: keyId, signature } = row;
  return keyId === null || signature === null ? null : { keyId, signature };
}

export function signed(signer: Signer, claims: object): Proof {
  return { keyId: signer.keyId, signature: signer.sign(claims) };
}

export function isProof(signing: PolicySigning | undefined, claims: object, proof: Proof | null): boolean {
  if (proof === null || signing === undefined) return false;
  const { verify } = signing;
  const known = verified.get(verify) ?? new LRUCache<string, true>({ max: 50_000, ttl: keptMs });
  verified.set(verify, known);
  const key = digestOf([claims, proof]);
  if (key === undefined) return false;
  if (known.has(key)) return true;
  const holds = verify(claims, proof.keyId, proof.signature);
  if (holds) known.set(key, true);
  return holds;
}

/** What a verifier has found good, by digest. Not for long: a key may be taken out of its file. */
const verified = new WeakMap<Verifier, LRUCache<string, true>>();
const keptMs = 60_000;

/** `undefined` for what can't be written down, such as what is nested too deeply. */
function digestOf(value: unknown): string | undefined {
  try {
    return sha256Hex(canonicalJson(value));
  } catch {
    return undefined;
  }
}

// `kind` keeps what one is signed for from ever passing for another, or for a vote, which the same key signs.

/** Everything that a version is, but how far its life has come: that the signed set says (signed-set.ts). */
export function versionStatement(tenantId: string, policy: Policy): object {
  const { id, version, name, domain, scope, rules, mayGrant, basedOn = null } = policy;
  const { changeReason, createdBy, createdAt } = policy;
  const { level, orgUnit, userId } = scope;
  return {
    kind: 'policy-version',
    tenantId,
    id,
    version,
    name,
    domain,
    scope: { level, orgUnit, userId },
    rules,
    mayGrant,
    basedOn,
    changeReason,
    createdBy,
    createdAt: new Date(createdAt).toISOString(),
  };
}

/** That a policy was ended when this was its newest version. */
export function endStatement(tenantId: string, id: string, version: number): object {
  return { kind: 'policy-end', tenantId, id, version };
}
