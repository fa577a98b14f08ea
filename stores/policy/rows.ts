import type { Insertable, Selectable } from 'kysely';
import type { Policy } from '#domain/policy/policy.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import type { PoliciesTable } from './tables.ts';
import { proofOf, type StoredVersion } from './version-proof.ts';

export type PolicyRow = Selectable<PoliciesTable>;

/** How a version is named: `pol_…@2`. */
export function policyRef(id: string, version: number | string): string {
  return `${id}@${version}`;
}

/** A row with the people of its canary, if it has one. */
export type PolicyRowWithCanary = PolicyRow & { canary_for: unknown };

export function toPolicy(row: PolicyRowWithCanary): Policy {
  const { canary_for: canaryFor } = row;
  return {
    id: row.id,
    name: row.name,
    domain: row.domain,
    scope: { level: row.level, orgUnit: row.org_unit, userId: row.user_id },
    version: row.version,
    status: row.status,
    rules: asObject(row.rules),
    mayGrant: row.may_grant === null ? null : asObject(row.may_grant),
    ...(row.based_on === null ? {} : { basedOn: row.based_on }),
    ...(Array.isArray(canaryFor) ? { canaryFor: canaryFor.map(String) } : {}),
    changeReason: row.change_reason,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}

export function toStored(row: PolicyRowWithCanary): StoredVersion {
  return { policy: toPolicy(row), proof: proofOf(row) };
}

/** Its proof comes on top. */
export function toRow(policy: Policy): Omit<Insertable<PoliciesTable>, 'key_id' | 'signature'> {
  return {
    id: policy.id,
    version: policy.version,
    name: policy.name,
    domain: policy.domain,
    level: policy.scope.level,
    org_unit: policy.scope.orgUnit,
    user_id: policy.scope.userId,
    status: policy.status,
    rules: jsonText(policy.rules),
    may_grant: policy.mayGrant === null ? null : jsonText(policy.mayGrant),
    change_reason: policy.changeReason,
    created_by: policy.createdBy,
    created_at: policy.createdAt,
    based_on: policy.basedOn ?? null,
  };
}

// The table's CHECK allows only JSON objects.
function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
