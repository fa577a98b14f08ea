import pino from 'pino';
import { z } from 'zod';
import { type GroupRole, shippedGroupRoles } from '#domain/person/role.ts';
import { createApp } from '#gateway/http/app.ts';
import { createMetrics } from '#gateway/http/metrics.ts';
import { type AnyRoute, defineRoute } from '#gateway/http/route.ts';
import { createAuthenticateRequest } from '#gateway/identity/authenticate-request.ts';
import type { IdentityParts } from '#gateway/identity/identity-parts.ts';
import { openIdentity } from '#gateway/identity/open-identity.ts';
import { authRoutes } from '#gateway/routes/auth/index.ts';
import type { Cache } from '#platform/cache/cache.ts';
import { createMemoryCache } from '#platform/cache/memory-cache.ts';
import type { Stores } from '#stores/open-stores.ts';
import { freshEnvelope } from './key-ring.ts';
import { recordEventIn } from './record-event.ts';

export const testEnvelope = freshEnvelope();

interface IdentityOptions {
  stores: Stores;
  issuer: string;
  publicUrl: string;
  clientSecret?: string;
  temporalUiClientId?: string;
  groupRoles?: readonly GroupRole[];
  recheckMs?: number;
  cache?: Cache;
  nowMs?: () => number;
}

export function openTestIdentity(options: IdentityOptions): IdentityParts {
  const { stores, issuer, publicUrl, clientSecret } = options;
  const nowMs = options.nowMs ?? Date.now;
  return openIdentity({
    issuer,
    audience: 'openclaw',
    clientId: 'openclaw-web',
    clientSecret,
    cliClientId: 'openclaw-cli',
    temporalUiClientId: options.temporalUiClientId,
    scopes: 'openid profile email offline_access',
    claims: { tenant: 'tenant', orgUnit: 'org_unit', groups: 'groups' },
    groupRoles: options.groupRoles ?? shippedGroupRoles,
    rightsCheck: 'userinfo',
    recheckMs: options.recheckMs ?? 45_000,
    sessionIdleMs: 3_600_000,
    sessionMaxMs: 12 * 3_600_000,
    publicUrl,
    stores,
    cache: options.cache ?? createMemoryCache(),
    envelope: testEnvelope,
    recordEvent: recordEventIn(stores, () => new Date(nowMs())),
    nowMs,
  });
}

const who = z.object({ user_id: z.string(), role: z.string(), tenant_id: z.string(), org_unit: z.string() });

/** Says who called; `POST` stands for whatever changes something. */
function whoRoute(method: 'GET' | 'POST') {
  return defineRoute({
    method,
    path: '/api/v1/who',
    summary: 'Who calls',
    auth: 'requests.use',
    audit: { none: 'a test' },
    request: {},
    response: { 200: who },
    errors: [],
    async handle({ actor: { userId, role, tenantId, orgUnit } }) {
      return { status: 200, body: { user_id: userId, role, tenant_id: tenantId, org_unit: orgUnit } };
    },
  });
}

/** The gateway's real edge with the routes of signing in and `/api/v1/who`, not listening yet. */
export function createTestApp(identity: IdentityParts, more: readonly AnyRoute[] = []) {
  return createApp({
    routes: [...authRoutes({ identity }), whoRoute('GET'), whoRoute('POST'), ...more],
    authenticate: createAuthenticateRequest(identity.authenticate),
    limitCalls: async () => {},
    admitTenant: async () => {},
    tenantPaths: false,
    log: pino({ level: 'silent' }),
    metrics: createMetrics({ countGaps: async () => 0, lookAtKeys: async () => [] }),
    apiBasePath: '/api/v1',
    bodyLimitBytes: 262_144,
    publicUrl: identity.publicUrl.origin,
    version: '0.0.0',
    pageDir: '/nowhere',
    shutdown: new AbortController().signal,
    operatorTenant: undefined,
  });
}
