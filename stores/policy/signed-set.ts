import type { Policy } from '#domain/policy/policy.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { Signer, Verifier } from '#platform/crypto/signature.ts';

/** The signature over a tenant's active policies, as it is stored. */
export interface PolicySignature {
  /** SHA-256 (hex) of the active policies. */
  digest: string;
  keyId: string;
  /** Base64url. */
  signature: string;
  /** ISO 8601. */
  signedAt: string;
}

/** A tenant's active policies with the signature that vouches for them. */
export interface PolicySet {
  /** Increases with every change of an active policy. */
  revision: number;
  policies: readonly Policy[];
  /** `null` = never signed. */
  signed: PolicySignature | null;
}

/** SHA-256 (hex) over canonical JSON of each policy's id, version and content, ordered by id. */
export function policySetDigest(policies: readonly Policy[]): string {
  const contents = policies.map(({ id, version, name, domain, scope, rules, mayGrant, canaryFor }) => ({
    id,
    version,
    name,
    domain,
    scope,
    rules,
    mayGrant,
    // Left out where there is none, so that sets signed before there were canaries stay valid.
    ...(canaryFor === undefined ? {} : { canaryFor }),
  }));
  const ordered = contents.toSorted(
    (a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)) || a.version - b.version,
  );
  return sha256Hex(canonicalJson(ordered));
}

export function signPolicySet(
  signer: Signer,
  { tenantId, set, at }: { tenantId: string; set: PolicySet; at: Date },
): PolicySignature {
  const digest = policySetDigest(set.policies);
  const signedAt = at.toISOString();
  const claims = claimsOf(tenantId, set.revision, { digest, signedAt });
  return { digest, keyId: signer.keyId, signature: signer.sign(claims), signedAt };
}

/** Is the set exactly what was signed, for this tenant and this revision? */
export function policySetIsSigned(verify: Verifier, tenantId: string, set: PolicySet): boolean {
  const { signed, revision, policies } = set;
  if (signed === null || signed.digest !== policySetDigest(policies)) return false;
  return verify(claimsOf(tenantId, revision, signed), signed.keyId, signed.signature);
}

/** The set of a new tenant: never signed, and with nothing in it that could allow anything. */
export function isUntouched({ policies, signed }: PolicySet): boolean {
  return signed === null && policies.length === 0;
}

// `kind` keeps a signed set from ever passing for a vote, which the same key signs.
function claimsOf(
  tenantId: string,
  revision: number,
  { digest, signedAt }: Pick<PolicySignature, 'digest' | 'signedAt'>,
) {
  return { kind: 'policy-set', tenantId, revision, digest, at: signedAt };
}
