/** Kinds of entries (spec/enterprise.md §1.13, with sign-in and administration beside them). */
export const actionTypes = [
  'tool_invocation',
  'data_access',
  'model_call',
  'policy_decision',
  'agent_exchange',
  'policy_change',
  'authentication',
  'administration',
] as const;

export type ActionType = (typeof actionTypes)[number];
