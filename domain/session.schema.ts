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
  })
  .meta({ id: 'UserInfo' });

export type UserInfo = z.infer<typeof userInfo>;

/** How the command line signs in, told by `GET /api/v1/auth/config`. */
export const signInConfig = z
  .object({ issuer: z.url(), cli_client_id: z.string(), audience: z.string(), scopes: z.string() })
  .meta({ id: 'SignInConfig' });
