import type { Generated } from 'kysely';
import type { Classification } from '#domain/classification/classification.ts';
import type { GeneratedTimestamp, Json } from '../columns.ts';

/** Labels that administrators gave to single items. */
export interface ClassificationOverridesTable {
  seq: Generated<number>;
  item_id: string;
  org_unit: string;
  previous: Classification;
  classification: Classification;
  reason_ref: string;
  override_by: string;
  override_at: GeneratedTimestamp;
}

/** Items whose content is more confidential than their source says. */
export interface ItemLabelsTable {
  item_id: string;
  original_level: Classification;
  classification: Classification;
  reasons: Json;
  seen_at: GeneratedTimestamp;
}

export interface ClassificationTables {
  classification_overrides: ClassificationOverridesTable;
  item_labels: ItemLabelsTable;
}
