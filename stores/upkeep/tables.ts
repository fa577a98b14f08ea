import type { Generated } from 'kysely';
import type { GeneratedTimestamp, Timestamp } from '../columns.ts';

/** Since when payloads are bound; written by the migration alone. */
export interface PayloadBindingTable {
  one: Generated<boolean>;
  since: Timestamp;
}

/** Written by functions alone. */
export interface UpkeepTable {
  kind: string;
  since: GeneratedTimestamp;
  done_at: Timestamp | null;
}

/** Of the shared schema. */
export interface UpkeepTables {
  payload_binding: PayloadBindingTable;
  upkeep: UpkeepTable;
}
