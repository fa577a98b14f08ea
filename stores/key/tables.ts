import type { ColumnType } from 'kysely';
import type { GeneratedTimestamp, Timestamp } from '../columns.ts';

/** Keys of tenants, wrapped by a master key. */
export interface DataKeysTable {
  id: string;
  tenant_id: string;
  sealed: ColumnType<Uint8Array, Uint8Array, Uint8Array | null> | null;
  wrapped_by: string | null;
  created_at: GeneratedTimestamp;
  wrapped_at: GeneratedTimestamp;
  destroyed_at: Timestamp | null;
}

/** Of the shared schema. */
export interface KeyTables {
  data_keys: DataKeysTable;
}
