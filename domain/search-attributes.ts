/** Search attributes of every workflow of ours, all of type Keyword. */
export const searchAttributes = { tenant: 'TenantId', kind: 'Kind', state: 'State' } as const;

/** The kinds of workflow, as `Kind` says them. */
export type WorkflowKind =
  | 'request'
  | 'approval'
  | 'tenant'
  | 'audit-checkpoint'
  | 'erasure'
  | 'retention'
  | 'reconcile'
  | 'rewrap';
