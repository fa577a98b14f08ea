import { mayResolve } from '#domain/approval/approval.ts';
import type { Actor } from '#domain/person/actor.ts';
import { mayReach, type Permission, type Place } from '#domain/person/permission.ts';
import { mayReadPolicy } from '#domain/policy/access.ts';
import type { MatrixPlace } from './cast.ts';
import type { ThingKind } from './things.ts';

/**
 * What a route reaches, beside what the permission matrix says of it:
 * - `nobody`: public, it knows no person;
 * - `own`: only what is the caller's own, or lists that are cut to what they may see;
 * - `tenant`: the caller's whole tenant, or nothing that belongs to anyone;
 * - `operator`: every tenant;
 * - a thing that its address names, which not everybody who may call the route may see.
 */
export type Touch = 'nobody' | 'own' | 'tenant' | 'operator' | ThingTouch;

export interface ThingTouch {
  /** The kinds of thing that the address can name. */
  things: readonly ThingKind[];
  /** Where the thing stands in the address. */
  at: string;
  /** May the person know of it? */
  sees: (actor: Actor, place: MatrixPlace, kind: ThingKind) => boolean;
  /** In both, `:id` stands for the thing's id. */
  body?: Readonly<Record<string, unknown>>;
  query?: string;
  /** An answer for those who see it that isn't 200: no workflow, wrong digest, not theirs to change. */
  elsewise?: true;
  /** The thing is gone when it was called by one who sees it: each call gets a new one. */
  ends?: true;
  /** The answer goes on for as long as its thing does. */
  streams?: true;
}

const byReach = (permission: Permission) => (actor: Actor, place: Place) =>
  mayReach(permission, actor, place);
const seesPolicy: ThingTouch['sees'] = (actor, { userId, orgUnit }, kind) =>
  mayReadPolicy(
    actor,
    kind === 'user_policy' ? { level: 'user', userId, orgUnit } : { level: 'team', userId: null, orgUnit },
  );

const policy = { things: ['user_policy', 'team_policy'], at: ':id', sees: seesPolicy } as const;
const ownRequest = { things: ['request'], at: ':id', sees: byReach('requests.use') } as const;
const approval = { things: ['approval'], at: ':id', sees: byReach('approvals.decide') } as const;
const person = {
  things: ['person'],
  at: ':id',
  sees: (actor, place) => actor.userId === place.userId || mayReach('policies.evaluate', actor, place),
} satisfies ThingTouch;
const change = { change_reason: 'The matrix.' };

/** Every route of the gateway; one that is missing here fails the test that reads this. */
export const touches: Readonly<Record<string, Touch>> = {
  'POST /api/v1/requests': 'own',
  'GET /api/v1/requests': 'own',
  'GET /api/v1/requests/:id': ownRequest,
  'GET /api/v1/requests/:id/events': { ...ownRequest, streams: true },
  'POST /api/v1/requests/:id/withdraw': { ...ownRequest, elsewise: true },
  'POST /api/v1/requests/:id/resolve': {
    things: ['request'],
    at: ':id',
    sees: (actor, place) => mayResolve(place, actor),
    body: { n: 1, resolution: 'give_up', reason: 'The matrix.' },
    elsewise: true,
  },
  'GET /api/v1/approvals': 'own',
  'GET /api/v1/approvals/:id': approval,
  'POST /api/v1/approvals/:id/decision': {
    ...approval,
    body: { decision: 'reject', digest: 'b'.repeat(64), reason: 'The matrix.' },
    elsewise: true,
  },
  'GET /api/v1/audit': 'own',
  'GET /api/v1/audit/:id': { things: ['audit_entry'], at: ':id', sees: byReach('audit.read') },
  'GET /api/v1/audit/:id/proof': {
    things: ['audit_entry'],
    at: ':id',
    sees: byReach('audit.read'),
    elsewise: true,
  },
  'GET /api/v1/audit/consistency': 'tenant',
  'GET /api/v1/audit/export': 'tenant',
  'GET /api/v1/audit/heads': 'tenant',
  'GET /api/v1/audit/keys': 'tenant',
  'POST /api/v1/policies': 'own',
  'GET /api/v1/policies': 'own',
  'GET /api/v1/policies/:id': policy,
  'GET /api/v1/policies/:id/versions': policy,
  'GET /api/v1/policies/:id/diff': { ...policy, query: '?from=1&to=1' },
  'PUT /api/v1/policies/:id': { ...policy, body: change, elsewise: true },
  'POST /api/v1/policies/:id/activate': {
    ...policy,
    body: change,
    elsewise: true,
  },
  'POST /api/v1/policies/:id/rollback': { ...policy, body: { ...change, to_version: 1 }, elsewise: true },
  'DELETE /api/v1/policies/:id': { ...policy, body: change, elsewise: true },
  'POST /api/v1/policies/classify': 'tenant',
  'POST /api/v1/policies/impact': 'own',
  'POST /api/v1/policies/:id/impact': { ...policy, body: {}, elsewise: true },
  'POST /api/v1/policies/evaluate': { ...person, body: { user_id: ':id', action: 'github_issue_comment' } },
  'GET /api/v1/policies/resolve': { ...person, query: '?domain=features&user_id=:id' },
  'GET /api/v1/policies/settings': 'tenant',
  'PUT /api/v1/policies/settings': 'tenant',
  'GET /api/v1/policies/:id/canary': { ...policy, elsewise: true },
  'POST /api/v1/policies/:id/canary': {
    ...policy,
    body: { ...change, user_ids: ['somebody'] },
    elsewise: true,
  },
  'DELETE /api/v1/policies/:id/canary': { ...policy, body: change, elsewise: true },
  'GET /api/v1/connectors': 'tenant',
  'PUT /api/v1/data/:item/classification': 'tenant',
  'GET /api/v1/user-data/:user_id/export': 'tenant',
  'POST /api/v1/user-data/:user_id/erase': 'tenant',
  'GET /api/v1/erasures/:id': { things: ['erasure'], at: ':id', sees: byReach('user_data.manage') },
  'GET /api/v1/keys': 'operator',
  'GET /api/v1/legal-holds': 'tenant',
  'POST /api/v1/legal-holds': 'tenant',
  'DELETE /api/v1/legal-holds/:id': {
    things: ['legal_hold'],
    at: ':id',
    sees: byReach('user_data.manage'),
    body: { reason: 'The matrix.' },
    elsewise: true,
  },
  'GET /api/v1/tenants': 'operator',
  'POST /api/v1/tenants': 'operator',
  'PUT /api/v1/tenants/:id': 'operator',
  'DELETE /api/v1/tenants/:id': 'operator',
  'GET /api/v1/tenants/:id/status': 'operator',
  'POST /api/v1/tenants/:id/suspend': 'operator',
  'POST /api/v1/tenants/:id/resume': 'operator',
  'POST /api/v1/tenants/:id/restore': 'operator',
  'GET /api/v1/auth/sessions': 'own',
  'DELETE /api/v1/auth/sessions/:id': {
    things: ['session'],
    at: ':id',
    sees: byReach('sessions.manage'),
    ends: true,
  },
  'POST /api/v1/auth/sign-out': 'own',
  // Looks for the session itself, as its own error codes ask for.
  'GET /api/v1/auth/userinfo': 'nobody',
  'GET /api/v1/auth/config': 'nobody',
  'POST /api/v1/auth/callback': 'nobody',
  'GET /auth/login': 'nobody',
  'GET /auth/callback': 'nobody',
  'GET /auth/complete': 'nobody',
  'POST /auth/logout': 'nobody',
  'POST /auth/backchannel-logout': 'nobody',
  'GET /api/v1/status': 'nobody',
  'GET /api/v1/status/problems': 'tenant',
  'GET /metrics': 'nobody',
  'GET /healthz': 'nobody',
  'GET /readyz': 'nobody',
  'GET /health': 'nobody',
  'GET /ready': 'nobody',
};
