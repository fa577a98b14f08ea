import type { GeneratedTimestamp, Timestamp } from '../columns.ts';

export interface HeadPublicationsTable {
  tenant_id: string;
  place: 'folder' | 'bucket' | 'webhook';
  head_n: number;
  head_at: Timestamp | null;
  since: GeneratedTimestamp;
  wanted_at: GeneratedTimestamp;
}

/** Of the shared schema. */
export interface HeadTables {
  head_publications: HeadPublicationsTable;
}
