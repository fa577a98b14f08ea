import type { ActionFacts } from './action.ts';

/** What the system reads of itself for a person: governed like any other action. */
export const ownActions = {
  readApproval: { id: 'approval_read', connector: 'openclaw', operation: 'read_approvals', effect: 'read' },
  readAudit: { id: 'audit_read', connector: 'openclaw', operation: 'read_audit', effect: 'read' },
} as const satisfies Record<string, ActionFacts>;
