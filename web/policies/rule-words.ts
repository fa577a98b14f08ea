/** A rule in words: one, several, or rules within it. */
export type Reading = string | readonly string[] | readonly RuleReading[];

export interface RuleReading {
  label: string;
  says: Reading;
}

/** Fields of every domain (policies/README.md); an unknown one is shown by its own name. */
const labels: Readonly<Record<string, string>> = {
  name: 'Name',
  default_autonomy: 'Writes, unless said otherwise',
  action_overrides: 'Single actions',
  allowed_connectors: 'Data sources that may be used',
  default_permission: 'A data source may be used to',
  connector_overrides: 'Single data sources',
  permission: 'May be used to',
  allowed_operations: 'Operations',
  allowed_models: 'Models that may be called',
  allow_external_models: 'External models',
  max_tokens_per_request: 'Tokens of a call, at most',
  max_tokens_per_day: 'Tokens of a day, at most',
  confidential_data_models: 'External models for confidential data',
  restricted_data_models: 'External models for restricted data',
  allow_inbound: 'Questions from others',
  allow_outbound: 'Questions to others',
  max_classification_outbound: 'Highest label that goes out',
  allowed_peers: 'With whom',
  blocked_peers: 'Never with',
  require_encryption: 'Encryption required',
  loop_prevention_max_hops: 'Times a message is passed on, at most',
  task_intelligence: 'Daily briefing',
  auto_response: 'Answers by itself',
  work_tracking: 'Work tracking',
  org_intelligence: 'Organisation overview',
  visualization: 'Pictures',
  auto_response_autonomy: 'An answer goes out',
  default_classification: 'Label of data without one',
  allow_ai_reclassification: 'A model may change labels',
  ai_reclassification_direction: 'In which direction',
  retention_days: 'Days that data is kept',
  ephemeral_data_ttl_hours: 'Hours that passing data is kept',
  allow_data_export: 'Data may leave',
  export_max_classification: 'Highest label that leaves',
  log_all_actions: 'Actions on record',
  log_policy_decisions: 'Decisions on record',
  log_data_access: 'Access to data on record',
  log_model_calls: 'Calls of models on record',
  log_token_counts: 'Tokens on record',
  minimum_retention_days: 'Days that the record is kept, at least',
  allow_export: 'The record may be exported',
  export_roles: 'By whom',
  team_lead_visibility: 'A team lead sees in the record',
};

const values: Readonly<Record<string, string>> = {
  autonomous: 'By itself',
  notify: 'By itself, and somebody is told',
  approve: 'After approval',
  block: 'Never',
  read: 'Read',
  read_write: 'Read and write',
  upgrade_only: 'Only upwards',
  team: 'Their unit and below',
  own: 'Only what is their own',
};

/** Lists and names that contain ids, in which words are not translated. */
const spelled = new Set(['name', 'allowed_operations']);

/** Every rule, in the order in which it is written. */
export function readRules(rules: Readonly<Record<string, unknown>>): RuleReading[] {
  return Object.entries(rules).map(([field, value]) => ({
    label: labels[field] ?? field,
    says: readValue(value, field),
  }));
}

/** `Single actions › github_pr_close` for `rules.action_overrides.github_pr_close`; items of lists come after a colon. */
export function pathWords(path: string): string {
  const [head = '', ...rest] = path.replace(/\[\]$/, '').split(/\.|: /);
  const before =
    head === 'may_grant' ? ['Levels below may set'] : head === 'rules' ? [] : [labels[head] ?? head];
  return [...before, ...rest.map((part) => labels[part] ?? part)].join(' › ');
}

/** One value in words, on a line. */
export function valueWords(value: unknown, path = ''): string {
  const reading = readValue(value, lastField(path));
  if (typeof reading === 'string') return reading;
  const parts = reading.map((one) => (typeof one === 'string' ? one : `${one.label}: ${lineOf(one.says)}`));
  return parts.join(', ');
}

function lineOf(reading: Reading): string {
  if (typeof reading === 'string') return reading;
  return reading
    .map((one) => (typeof one === 'string' ? one : `${one.label}: ${lineOf(one.says)}`))
    .join(', ');
}

function readValue(value: unknown, field: string): Reading {
  if (value === null || value === undefined) return 'Nothing';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return value.toLocaleString('en');
  if (typeof value === 'string') return spelled.has(field) ? value : (values[value] ?? value);
  if (Array.isArray(value)) return value.length === 0 ? 'None' : value.map(String);
  const rules = readRules({ ...value });
  return rules.length === 0 ? 'None' : rules;
}

function lastField(path: string): string {
  return path.replace(/\[\]$/, '').split('.').at(-1) ?? '';
}
