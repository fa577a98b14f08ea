/** The 14 capabilities of the product, in the order that `openclaw status` prints (spec/enterprise.md §1.16). */
export const capabilityNames = [
  'policy-engine',
  'audit-enterprise',
  'auth-enterprise',
  'connector-gmail',
  'connector-gcal',
  'connector-jira',
  'connector-github',
  'connector-gdrive',
  'task-intelligence',
  'auto-response',
  'work-tracking',
  'ocip-protocol',
  'org-intelligence',
  'visualization',
] as const;

export type CapabilityName = (typeof capabilityNames)[number];
