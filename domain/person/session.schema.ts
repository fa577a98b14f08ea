import { z } from 'zod';
import { roles } from './role.ts';

/** Answer of `GET /api/v1/auth/userinfo`, camelCase as printed in spec/enterprise.md §1.2 (decisions.md 31). */
export const userInfo = z
  .object({
    userId: z.string(),
    email: z.string(),
    roles: z.array(z.enum(roles)),
    orgUnit: z.string(),
    tenantId: z.string(),
    effectivePermissions: z.object({
      canManagePolicies: z.boolean(),
      policyScope: z.enum(['enterprise', 'org', 'team', 'user']),
      canQueryAudit: z.boolean(),
      auditScope: z.enum(['enterprise', 'org', 'team', 'user']),
    }),
    /** Public id of the browser's session, which calls that change something name in `X-Session-Id`. */
    sessionId: z.string().optional(),
  })
  .meta({ id: 'UserInfo' });

export type UserInfo = z.infer<typeof userInfo>;

/** How the command line signs in; answer of `GET /api/v1/auth/config`. */
export const signInConfig = z
  .object({ issuer: z.url(), cli_client_id: z.string(), audience: z.string(), scopes: z.string() })
  .meta({ id: 'SignInConfig' });

export type SignInConfig = z.infer<typeof signInConfig>;

/** One browser session; knowing its id gives no access. */
export const sessionView = z
  .object({
    id: z.string(),
    user_id: z.string(),
    /** What the browser calls itself. */
    browser: z.string().nullable(),
    created_at: z.iso.datetime(),
    seen_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    /** Is it the session that makes this call? */
    is_current: z.boolean(),
  })
  .meta({ id: 'Session' });

export type SessionView = z.infer<typeof sessionView>;

export const sessionList = z.object({ sessions: z.array(sessionView) }).meta({ id: 'SessionList' });

export type SessionList = z.infer<typeof sessionList>;

/** Query of `GET /api/v1/auth/sessions`; without a person one's own. */
export const sessionQuery = z.strictObject({ user_id: z.string().min(1).max(255).optional() });

export type SessionQuery = z.output<typeof sessionQuery>;

/** Answer of `DELETE /api/v1/auth/sessions/{id}`. */
export const endedSession = z
  .object({ id: z.string(), user_id: z.string(), ended: z.literal(true) })
  .meta({ id: 'EndedSession' });

export type EndedSession = z.infer<typeof endedSession>;

/** Body of `POST /api/v1/auth/sign-out`. */
export const signOutPerson = z
  .strictObject({ user_id: z.string().min(1).max(255) })
  .meta({ id: 'SignOutPerson' });

export type SignOutPerson = z.input<typeof signOutPerson>;

/** Answer of `POST /api/v1/auth/sign-out`. */
export const signedOutPerson = z
  .object({ user_id: z.string(), sessions: z.int(), ended: z.literal(true) })
  .meta({ id: 'SignedOutPerson' });

export type SignedOutPerson = z.infer<typeof signedOutPerson>;

/** Answer of `POST /auth/logout`. */
export const signedOut = z
  .object({
    signedOut: z.literal(true),
    /** Page of the provider that ends its own session too. */
    endSessionUrl: z.url().nullable(),
  })
  .meta({ id: 'SignedOut' });

export type SignedOut = z.infer<typeof signedOut>;
