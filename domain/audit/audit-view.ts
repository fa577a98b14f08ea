import { type AuditKey, auditEvents } from './audit.ts';
import { connectorEvents } from './connector-events.ts';

/**
 * Who sees the entries of an event besides those who read the whole tenant. `unit`: who reads the unit of the person who
 * acted, and that person; `own`: that person alone; `tenant`: nobody else.
 */
export type AuditView = 'unit' | 'own' | 'tenant';

type OwnEvents = Omit<typeof auditEvents, keyof typeof connectorEvents>;
type Views = { readonly [Resource in keyof OwnEvents]: Record<keyof OwnEvents[Resource], AuditView> };

/**
 * What the tenant's or the operator's duties leave on record is not for a unit to see, nor for who is no longer an
 * administrator; looking at others, and changing what holds for them, is for who did it. Work is for the unit. The same
 * table stands in the audit database (`ledger.view_of`).
 */
const views: Views = {
  request: { created: 'unit', withdrawn: 'unit', outcome_resolved: 'unit', failed: 'unit' },
  approval: { voted: 'unit', expired: 'unit', read: 'unit' },
  classification: { overridden: 'unit' },
  model: { called: 'unit', rerouted: 'unit' },
  audit: {
    read: 'own',
    exported: 'tenant',
    tree_broken: 'tenant',
    entry_differs: 'tenant',
    head_unpublished: 'tenant',
    gap_found: 'tenant',
    month_dropped: 'tenant',
  },
  content: { deleted: 'tenant' },
  user_data: { exported: 'tenant', erased: 'tenant' },
  legal_hold: { placed: 'tenant', released: 'tenant', read: 'tenant' },
  policy: {
    created: 'own',
    updated: 'own',
    activated: 'own',
    deprecated: 'own',
    rolled_back: 'own',
    canary_started: 'own',
    canary_ended: 'own',
    impact_previewed: 'own',
    explained: 'own',
    settings_changed: 'tenant',
    set_refused: 'tenant',
    set_signed: 'tenant',
    versions_signed: 'tenant',
    bundle_loaded: 'tenant',
    bundle_refused: 'tenant',
    bundle_removed: 'tenant',
  },
  tenant: {
    created: 'tenant',
    provisioned: 'tenant',
    changed: 'tenant',
    suspended: 'tenant',
    resumed: 'tenant',
    deletion_asked: 'tenant',
    restored: 'tenant',
    deleted: 'tenant',
    read: 'tenant',
  },
  secret: { rotated: 'tenant' },
  workflow: { call_refused: 'tenant' },
  keys: { read: 'tenant', rewrapped: 'tenant' },
  session: { opened: 'unit', closed: 'unit', refused: 'unit', read: 'own', revoked: 'own' },
  rights: { withdrawn: 'unit', vote_void: 'unit' },
};

const connectorEvent = /^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/;

/**
 * The view of an entry by its event. A connector's is work, also of one that is no longer there; of ours, what this
 * table doesn't know is for the tenant alone.
 */
export function auditViewOf(event: AuditKey | (string & {})): AuditView {
  const [resource = '', name = ''] = event.split('.');
  const events: Readonly<Record<string, Readonly<Record<string, AuditView>>>> = views;
  const own = Object.hasOwn(events, resource) ? events[resource] : undefined;
  if (own === undefined) return connectorEvent.test(event) ? 'unit' : 'tenant';
  return (Object.hasOwn(own, name) && `${resource}.${name}` === event ? own[name] : undefined) ?? 'tenant';
}
