import type { GeneratedTimestamp } from '../columns.ts';

/** Tokens of a day, by scope. */
export interface ModelUsageTable {
  day: string;
  scope: string;
  tokens: number;
}

/** Calls of models, each once however often it is tried. */
export interface ModelCallsTable {
  call_id: string;
  day: string;
  user_id: string;
  org_unit: string;
  reserved: number;
  used: number;
  at: GeneratedTimestamp;
}

export interface ModelTables {
  model_usage: ModelUsageTable;
  model_calls: ModelCallsTable;
}
