import type { Classification } from '../classification/classification.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { ActionType } from './action-type.ts';
import { connectorEvents } from './connector-events.ts';

/** Every event that is audited: resource → event → kind. `docs/audit-events.md` is tested against it. */
export const auditEvents = {
  request: {
    created: 'tool_invocation',
    withdrawn: 'tool_invocation',
    outcome_resolved: 'tool_invocation',
    failed: 'tool_invocation',
  },
  approval: {
    voted: 'policy_decision',
    expired: 'policy_decision',
    read: 'data_access',
  },
  ...connectorEvents,
  classification: { overridden: 'administration' },
  model: { called: 'model_call', rerouted: 'model_call' },
  audit: {
    read: 'data_access',
    exported: 'data_access',
    tree_broken: 'administration',
    entry_differs: 'administration',
    head_unpublished: 'administration',
    gap_found: 'administration',
    month_dropped: 'administration',
  },
  content: { deleted: 'administration' },
  user_data: { exported: 'data_access', erased: 'administration' },
  legal_hold: { placed: 'administration', released: 'administration', read: 'data_access' },
  policy: {
    created: 'policy_change',
    updated: 'policy_change',
    activated: 'policy_change',
    deprecated: 'policy_change',
    rolled_back: 'policy_change',
    canary_started: 'policy_change',
    canary_ended: 'policy_change',
    impact_previewed: 'data_access',
    explained: 'data_access',
    settings_changed: 'policy_change',
    set_refused: 'policy_change',
    set_signed: 'policy_change',
    versions_signed: 'policy_change',
    bundle_loaded: 'policy_change',
    bundle_refused: 'policy_change',
    bundle_removed: 'policy_change',
  },
  tenant: {
    created: 'administration',
    provisioned: 'administration',
    changed: 'administration',
    suspended: 'administration',
    resumed: 'administration',
    deletion_asked: 'administration',
    restored: 'administration',
    deleted: 'administration',
    read: 'data_access',
  },
  workflow: { call_refused: 'administration' },
  secret: { rotated: 'administration' },
  keys: { read: 'data_access', rewrapped: 'administration' },
  session: {
    opened: 'authentication',
    closed: 'authentication',
    refused: 'authentication',
    read: 'data_access',
    revoked: 'authentication',
  },
  rights: { withdrawn: 'authentication', vote_void: 'policy_decision' },
} as const satisfies Record<string, Record<string, ActionType>>;

type Events = typeof auditEvents;

/** `<resource>.<event>`, for example `approval.voted`. */
export type AuditKey = {
  [Resource in keyof Events]: `${Resource}.${Extract<keyof Events[Resource], string>}`;
}[keyof Events];

export function auditKeys(): readonly string[] {
  return Object.entries(auditEvents).flatMap(([resource, events]) =>
    Object.keys(events).map((event) => `${resource}.${event}`),
  );
}

/** The kind of an audit key. */
export function actionTypeOf(key: AuditKey): ActionType {
  const [resource = '', event = ''] = key.split('.');
  const events: Record<string, Record<string, ActionType>> = auditEvents;
  const kind = events[resource]?.[event];
  if (kind === undefined) throw new RangeError(`no audit event ${key}`);
  return kind;
}

export const auditOutcomes = [
  'intended',
  'success',
  'denied',
  'error',
  'pending_approval',
  'unknown',
] as const;

export type AuditOutcome = (typeof auditOutcomes)[number];

/** One item of data that an action touched. */
export interface DataTouched {
  source: string;
  itemId: string;
  classification: Classification;
  purpose: string;
}

/**
 * One audit entry as people read it; every field is always present. What is hashed and stored of it, with the person
 * sealed, is in transparency/leaf.ts.
 */
export interface AuditEntry {
  /** `aud_` and 26 characters, time-sortable. */
  id: string;
  tenantId: string;
  orgUnit: string;
  userId: string;
  /** ISO 8601, milliseconds, UTC. */
  timestamp: string;
  actionType: ActionType;
  /** The audit key. */
  event: AuditKey;
  /** What was done to what, for people; never the text itself. */
  actionDetail: string;
  dataAccessed: readonly DataTouched[];
  modelUsed: string | null;
  modelTokens: { input: number; output: number } | null;
  dataClassification: Classification | null;
  policyApplied: string;
  policyResult: Verdict | null;
  policyReason: string;
  outcome: AuditOutcome;
  requestId: string | null;
  /** The decision that this entry belongs to. */
  decisionId: string | null;
  /** Small facts: action run id, approval id, error code, digest. Never values of fields. */
  metadata: Readonly<Record<string, string | number | boolean | null>>;
}
