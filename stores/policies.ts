import type { Insertable, Selectable } from 'kysely';
import { CodedError } from '#domain/error.ts';
import type { Policy } from '#domain/policy.ts';
import { codeOf } from '#platform/database/failure.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import type { TenantDatabase, TenantTx } from './database.ts';
import type { PoliciesTable } from './schema.ts';

export interface ActivePolicies {
  /** Changes whenever an active policy does. */
  revision: number;
  policies: Policy[];
}

export interface PolicyStore {
  active(tenantId: string): Promise<ActivePolicies>;
  /**
   * False when this id and version is stored already. A new active version deprecates the older one of the same id;
   * throws `INVALID_REQUEST` when another policy is active for that domain and position.
   */
  insert(tenantId: string, policy: Policy): Promise<boolean>;
}

export function createPolicyStore({ database }: { database: TenantDatabase }): PolicyStore {
  return {
    active: (tenantId) =>
      database.inTenant(tenantId, async (tx) => {
        // One statement, so that number and policies belong together.
        const rows = await tx
          .selectFrom('policy_revision')
          .leftJoin('policies', (join) => join.on('policies.status', '=', 'active'))
          .selectAll('policies')
          .select('policy_revision.revision')
          .orderBy('policies.id')
          .execute();
        const policies = rows.flatMap((row) => (isWhole(row) ? [toPolicy(row)] : []));
        return { revision: rows[0]?.revision ?? 0, policies };
      }),
    insert: (tenantId, policy) =>
      database.inTenant(tenantId, async (tx) => {
        if (policy.status === 'active') await deprecateOlder(tx, policy);
        try {
          const inserted = await tx
            .insertInto('policies')
            .values(toRow(policy))
            .onConflict((conflict) => conflict.columns(['id', 'version']).doNothing())
            .returning('id')
            .executeTakeFirst();
          return inserted !== undefined;
        } catch (cause) {
          if (codeOf(cause) !== '23505') throw cause;
          throw new CodedError('INVALID_REQUEST', {
            message: `another ${policy.domain} policy is active at this position`,
            detail: { domain: policy.domain, scope: policy.scope },
            cause,
          });
        }
      }),
  };
}

async function deprecateOlder(tx: TenantTx, policy: Policy): Promise<void> {
  await tx
    .updateTable('policies')
    .set({ status: 'deprecated' })
    .where('id', '=', policy.id)
    .where('status', '=', 'active')
    .where('version', '<', policy.version)
    .execute();
}

type PolicyRow = Selectable<PoliciesTable>;

function isWhole(row: { [Column in keyof PolicyRow]: PolicyRow[Column] | null }): row is PolicyRow {
  return row.id !== null;
}

function toPolicy(row: PolicyRow): Policy {
  return {
    id: row.id,
    name: row.name,
    domain: row.domain,
    scope: { level: row.level, orgUnit: row.org_unit, userId: row.user_id },
    version: row.version,
    status: row.status,
    rules: asObject(row.rules),
    mayGrant: row.may_grant === null ? null : asObject(row.may_grant),
    changeReason: row.change_reason,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}

function toRow(policy: Policy): Insertable<PoliciesTable> {
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

// The table's CHECK lets nothing but JSON objects in.
function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
