import type { Actor } from '#domain/person/actor.ts';
import type { RulesFor } from '#governance/policy/effective.ts';
import type { AuditVisibility } from '#stores/audit/entries.ts';

/**
 * Which entries a person sees (spec/enterprise.md §1.13): those of the tenant, of the own unit and below, or only the
 * own. For a team lead, policy chooses between the latter two (decisions.md 17); while policy can't be read, only the
 * own.
 */
export async function auditVisibility(actor: Actor, rulesFor: RulesFor): Promise<AuditVisibility> {
  const { role, orgUnit, userId } = actor;
  switch (role) {
    case 'enterprise_admin':
      return { kind: 'tenant' };
    case 'org_admin':
      return { kind: 'org', orgUnit, userId };
    case 'team_lead':
      return (await seesTeam(actor, rulesFor)) ? { kind: 'org', orgUnit, userId } : { kind: 'own', userId };
    case 'user':
      return { kind: 'own', userId };
  }
}

async function seesTeam(actor: Actor, rulesFor: RulesFor): Promise<boolean> {
  try {
    const rules = await rulesFor('audit', actor);
    return (rules?.team_lead_visibility ?? 'team') === 'team';
  } catch {
    return false;
  }
}
