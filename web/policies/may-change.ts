import type { UserInfo } from '#domain/person/session.schema.ts';
import { mayWritePolicy } from '#domain/policy/access.ts';
import type { PolicyView } from '#domain/policy/change.schema.ts';

/** Is it worth offering changes of this policy? By the permission matrix; the server decides. */
export function mayChange(
  { userId, tenantId, orgUnit, roles }: UserInfo,
  scope: PolicyView['scope'],
): boolean {
  const { level, org_unit, user_id } = scope;
  return roles.some((role) =>
    mayWritePolicy(
      { userId, tenantId, orgUnit, role },
      { level, orgUnit: org_unit, userId: user_id },
      org_unit,
    ),
  );
}
