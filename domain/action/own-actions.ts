import type { ActionFacts } from './action.ts';

/** What the system reads of its own data for a person: governed like any other action. */
export const ownActions = {
  readApproval: { id: 'approval_read', connector: 'openclaw', operation: 'read_approvals', effect: 'read' },
  callModel: { id: 'model_call', connector: 'openclaw', operation: 'call_model', effect: 'read' },
  exportAudit: { id: 'audit_export', connector: 'openclaw', operation: 'export_audit', effect: 'read' },
  readAudit: { id: 'audit_read', connector: 'openclaw', operation: 'read_audit', effect: 'read' },
  readUserData: {
    id: 'user_data_read',
    connector: 'openclaw',
    operation: 'read_user_data',
    effect: 'read',
  },
  readHolds: { id: 'legal_holds_read', connector: 'openclaw', operation: 'read_legal_holds', effect: 'read' },
  readDecisions: {
    id: 'decisions_read',
    connector: 'openclaw',
    operation: 'read_decisions',
    effect: 'read',
  },
  readTenants: { id: 'tenants_read', connector: 'openclaw', operation: 'read_tenants', effect: 'read' },
  readKeys: { id: 'keys_read', connector: 'openclaw', operation: 'read_keys', effect: 'read' },
} as const satisfies Record<string, ActionFacts>;
