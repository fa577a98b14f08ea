import { checkPolicy } from '#domain/policy/policy.schema.ts';
import { governedDomains } from '#domain/policy/rules.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import { isUntouched, type PolicySet, policySetIsSigned } from '#stores/policy/signed-set.ts';

export type SetRefusal =
  /** Never signed, although it is not empty. */
  | 'unsigned'
  /** Not what was signed: changed, half written, signed for another tenant or revision, or by an unknown key. */
  | 'signature'
  /** Signed, but older than one that was in force. */
  | 'older'
  /** Rules or scope that don't fit their domain. */
  | 'schema';

interface Question {
  tenantId: string;
  set: PolicySet;
  /** The newest set that was in force. */
  highest: PolicySet | undefined;
}

/** Why a stored set of policies may not be put in force; `undefined` when it may. */
export function setRefusal(verify: Verifier, { tenantId, set, highest }: Question): SetRefusal | undefined {
  if (highest !== undefined && set.revision < highest.revision) return 'older';
  if (set.signed === null) {
    const wasSigned = highest !== undefined && highest.signed !== null;
    return isUntouched(set) && !wasSigned ? undefined : 'unsigned';
  }
  if (!policySetIsSigned(verify, tenantId, set)) return 'signature';
  return set.policies.every(fits) ? undefined : 'schema';
}

function fits(policy: PolicySet['policies'][number]): boolean {
  const domain = governedDomains.find((known) => known === policy.domain);
  if (domain === undefined) return false;
  try {
    checkPolicy(domain, policy);
    return true;
  } catch {
    return false;
  }
}
