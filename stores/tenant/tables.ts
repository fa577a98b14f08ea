import type { Generated } from 'kysely';
import type { TenantStatus } from '#domain/tenant/tenant.ts';
import type { GeneratedTimestamp, Json, Timestamp } from '../columns.ts';

export interface TenantsTable {
  id: string;
  name: string;
  created_at: GeneratedTimestamp;
  domains: Json;
  oidc_issuer: string | null;
  status: Generated<TenantStatus>;
  delete_at: Timestamp | null;
  restored_as: TenantStatus | null;
  destroying_since: Timestamp | null;
}

/** When a tenant was suspended; written only by a trigger. */
export interface TenantSuspensionsTable {
  tenant_id: string;
  suspended_at: Timestamp;
  resumed_at: Timestamp | null;
}

/** How long a deletion waits at least; set by a function alone. */
export interface DeletionWaitTable {
  one_row: Generated<boolean>;
  least_ms: number;
}

/** Of the shared schema. */
export interface TenantListTables {
  tenants: TenantsTable;
  tenant_suspensions: TenantSuspensionsTable;
  deletion_wait: DeletionWaitTable;
}
