import type { UserInfo } from '#domain/person/session.schema.ts';
import { plainLine } from '../terminal-text.ts';

/** A person and their rights. */
export function userText({
  userId,
  email,
  roles,
  orgUnit,
  tenantId,
  effectivePermissions: may,
}: UserInfo): string {
  const facts: [string, string][] = [
    ['User', email || userId],
    ['Role', roles.join(', ') || '-'],
    ['Tenant', tenantId],
    ['Org Unit', orgUnit],
    ['Policies', may.canManagePolicies ? `manage (${may.policyScope})` : `read (${may.policyScope})`],
    ['Audit', may.canQueryAudit ? `query (${may.auditScope})` : 'own actions'],
  ];
  return facts.map(([label, text]) => `${`${label}:`.padEnd(13)}${plainLine(text)}`).join('\n');
}
