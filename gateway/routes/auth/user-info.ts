import type { Role } from '#domain/person/role.ts';
import type { UserInfo } from '#domain/person/session.schema.ts';
import type { Identity } from '#platform/oidc/actor-from-claims.ts';

type Permissions = UserInfo['effectivePermissions'];

const permissions: Readonly<Record<Role, Permissions>> = {
  enterprise_admin: allowed(true, 'enterprise', true, 'enterprise'),
  org_admin: allowed(true, 'org', true, 'org'),
  team_lead: allowed(false, 'team', true, 'team'),
  user: allowed(false, 'user', false, 'user'),
};

/**
 * A person in the answer of `GET /auth/userinfo` (spec/enterprise.md §1.2, §1.14); without a known address it is empty.
 */
export function userInfoOf({ actor, email }: Identity, sessionId?: string): UserInfo {
  const { userId, role, orgUnit, tenantId } = actor;
  return {
    userId,
    email: email ?? '',
    roles: [role],
    orgUnit,
    tenantId,
    effectivePermissions: permissions[role],
    ...(sessionId === undefined ? {} : { sessionId }),
  };
}

function allowed(
  canManagePolicies: boolean,
  policyScope: Permissions['policyScope'],
  canQueryAudit: boolean,
  auditScope: Permissions['auditScope'],
): Permissions {
  return { canManagePolicies, policyScope, canQueryAudit, auditScope };
}
