import type { Insertable, Selectable } from 'kysely';
import type { Policy } from '#domain/policy/policy.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import type { PoliciesTable } from './tables.ts';

export type PolicyRow = Selectable<PoliciesTable>;

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
    ...(Array.isArray(canaryFor) ? { canaryFor: canaryFor.map(String) } : {}),
    changeReason: row.change_reason,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}

export function toRow(policy: Policy): Insertable<PoliciesTable> {
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
  };
}

// The table's CHECK allows only JSON objects.
function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
