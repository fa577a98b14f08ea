import type { Classification } from '#domain/classification/classification.ts';
import type { Bytes, GeneratedTimestamp } from '../columns.ts';

/** Sealed values; never changed. */
export interface ContentTable {
  id: string;
  purpose: string;
  owner_id: string;
  classification: Classification;
  sealed: Bytes;
  created_at: GeneratedTimestamp;
}

export interface ContentTables {
  content: ContentTable;
}
