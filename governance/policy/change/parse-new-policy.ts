import type { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import { checkPolicy, maxPolicyBytes, maxUserPolicyBytes, policyBody } from '#domain/policy/policy.schema.ts';
import type { Policy } from '#domain/policy/policy.ts';
import type { GovernedDomain } from '#domain/policy/rules.ts';
import { refuseEnterpriseOnly, validatePolicy } from '#domain/policy/validate.ts';
import { newId } from '#platform/new-id.ts';

interface ParseNewPolicyOptions {
  /** The active policies of the tenant, of which those above the new one bound it. */
  among: readonly Policy[];
  /** Its creator. */
  by: string;
  at: Date;
}

/**
 * A new policy, version 1, from the body of `POST /api/v1/policies`. Throws `PAYLOAD_TOO_LARGE` for a body beyond
 * `maxPolicyBytes` (`maxUserPolicyBytes` for a person's own), `INVALID_REQUEST` for a malformed one,
 * `POLICY_ENTERPRISE_ONLY` for one that says what only the enterprise's may, and `POLICY_HIERARCHY_VIOLATION` for one
 * that goes beyond a level above.
 */
export function parseNewPolicy(body: unknown, { among, by, at }: ParseNewPolicyOptions): Policy {
  const bytes = sizeOf(body);
  if (bytes > maxPolicyBytes) throw new CodedError('PAYLOAD_TOO_LARGE');
  const parsed = policyBody.safeParse(body);
  if (!parsed.success)
    throw new CodedError('INVALID_REQUEST', { detail: parsed.error.issues.map(issueInWords) });
  const { name, domain, scope, status, rules, may_grant, change_reason } = parsed.data;
  if (scope.level === 'user' && bytes > maxUserPolicyBytes) throw new CodedError('PAYLOAD_TOO_LARGE');
  const policy: Policy = {
    id: newId('policy'),
    name,
    domain,
    scope: { level: scope.level, orgUnit: scope.org_unit ?? null, userId: scope.user_id ?? null },
    version: 1,
    status,
    rules: { ...rules },
    mayGrant: may_grant ? { ...may_grant } : null,
    changeReason: change_reason,
    createdBy: by,
    createdAt: at.toISOString(),
  };
  holdAgainstAncestors(domain, policy, among);
  return policy;
}

function holdAgainstAncestors<D extends GovernedDomain>(
  domain: D,
  policy: Policy,
  among: readonly Policy[],
): void {
  const checked = checkPolicy(domain, policy);
  refuseEnterpriseOnly(checked);
  const others = among.filter((other) => other.domain === domain).map((other) => checkPolicy(domain, other));
  validatePolicy(checked, others);
}

/** Bytes of the body as JSON; what JSON can't express is left to the schema. */
function sizeOf(body: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(body) ?? '');
  } catch {
    return 0;
  }
}

function issueInWords({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}
