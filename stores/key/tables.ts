import type { GeneratedTimestamp, Timestamp } from '../columns.ts';

/** Keys of tenants, wrapped by a master key. Written by functions of the schema alone. */
export interface DataKeysTable {
  id: string;
  tenant_id: string;
  sealed: Uint8Array | null;
  wrapped_by: string | null;
  /** As it was wrapped before, until the new form is seen to open. */
  sealed_before: Uint8Array | null;
  wrapped_by_before: string | null;
  created_at: GeneratedTimestamp;
  wrapped_at: GeneratedTimestamp;
  destroyed_at: Timestamp | null;
}

/** Of the shared schema. */
export interface KeyTables {
  data_keys: DataKeysTable;
}
