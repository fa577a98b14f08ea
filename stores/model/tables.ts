import type { GeneratedTimestamp } from '../columns.ts';

/** Tokens per day, by scope. */
export interface ModelUsageTable {
  day: string;
  scope: string;
  tokens: number;
}

/** Model calls, one row each however often a call is tried. */
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
