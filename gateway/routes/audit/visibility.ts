import type { Actor } from '#domain/actor.ts';
import type { AuditVisibility } from '#stores/audit-entries.ts';

/** Which entries a role sees (spec/enterprise.md §1.13, decisions.md 17): tenant, own unit and below, own. */
export function auditVisibility({ role, orgUnit, userId }: Actor): AuditVisibility {
  switch (role) {
    case 'enterprise_admin':
      return { kind: 'tenant' };
    case 'org_admin':
    case 'team_lead':
      return { kind: 'org', orgUnit };
    case 'user':
      return { kind: 'own', userId };
  }
}
