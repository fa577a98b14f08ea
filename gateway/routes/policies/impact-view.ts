import type { z } from 'zod';
import type { Actor } from '#domain/person/actor.ts';
import { orgUnitCovers } from '#domain/person/role.ts';
import type { impactView as schema } from '#domain/policy/impact.schema.ts';
import type { ImpactGroup, Said } from '#domain/policy/impact.ts';
import type { LookedAtImpact } from '#governance/policy/impact/look-at.ts';
import type { AuditVisibility } from '#stores/audit/entries.ts';
import type { PeopleStore } from '#stores/person/people.ts';

const shown = 1_000;

interface Looking {
  actor: Actor;
  /** Which audit entries the caller sees. */
  visibility: AuditVisibility;
}

/** Names people whose audit entries the caller sees; others appear as in the audit log. */
export async function impactView(
  people: Pick<PeopleStore, 'names'>,
  looking: Looking,
  impact: LookedAtImpact,
): Promise<z.input<typeof schema>> {
  const { previewId, window, decisions, groups, summary, widening, widened, digest } = impact;
  const page = groups.slice(0, shown);
  const visible = new Set(page.flatMap((group) => userIdFor(looking, group) ?? []));
  const names = visible.size === 0 ? new Map() : await people.names(looking.actor.tenantId, [...visible]);
  return {
    preview_id: previewId,
    window: { from: window.from, to: window.to, decisions, last_decision_id: window.lastDecision },
    summary,
    changes: page.map((group) => {
      const userId = userIdFor(looking, group);
      return {
        kind: group.kind,
        before: group.before,
        after: group.after,
        person: {
          subject: group.subject,
          user_id: userId,
          name: userId === null ? null : (names.get(userId)?.name ?? null),
          org_unit: group.orgUnit,
        },
        action: group.action,
        connector: group.connector,
        decisions: group.decisions,
        examples: group.examples.map(({ decisionId, at, before, after }) => ({
          decision_id: decisionId,
          at,
          before: saidView(before),
          after: saidView(after),
        })),
      };
    }),
    groups: groups.length,
    widening,
    widened: [...widened],
    digest,
  };
}

function userIdFor({ actor, visibility }: Looking, { userId, orgUnit }: ImpactGroup): string | null {
  if (userId === actor.userId || visibility.kind === 'tenant') return userId;
  return visibility.kind === 'org' && orgUnitCovers(visibility.orgUnit, orgUnit) ? userId : null;
}

function saidView({ verdict, reason, level, policyId, policyName, policyVersion }: Said) {
  return {
    decision: verdict,
    reason,
    level,
    policy_id: policyId,
    policy_name: policyName,
    policy_version: policyVersion,
  };
}
