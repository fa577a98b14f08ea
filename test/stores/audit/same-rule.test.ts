import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '#domain/audit/audit.ts';
import { mayReach } from '#domain/person/permission.ts';
import { orgUnitCovers } from '#domain/person/role.ts';
import { auditVisibility } from '#gateway/routes/audit/visibility.ts';
import { newId } from '#platform/new-id.ts';
import type { AuditVisibility } from '#stores/audit/entries.ts';
import { arbitraryActor, arbitraryUnit, arbitraryUserId } from '../../support/arbitrary-people.ts';
import { auditEntry } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

const arbitraryEntry = fc.record({ userId: arbitraryUserId, orgUnit: arbitraryUnit });
const arbitraryTeamRule = fc.constantFrom<'team' | 'own' | undefined>('team', 'own', undefined);

/** The rule of the specification, by what TypeScript says of units. */
function isVisible(entry: AuditEntry, visibility: AuditVisibility): boolean {
  switch (visibility.kind) {
    case 'tenant':
      return true;
    case 'org':
      return orgUnitCovers(visibility.orgUnit, entry.orgUnit);
    case 'own':
      return entry.userId === visibility.userId;
  }
}

describe('audit entries, as the database reads them', () => {
  it('are those that the rules in TypeScript show a person', async () => {
    let seen = 0;
    let hidden = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryEntry, { minLength: 1, maxLength: 30, size: 'max' }),
        fc.array(fc.record({ actor: arbitraryActor, teamLeads: arbitraryTeamRule }), {
          minLength: 1,
          maxLength: 8,
          size: 'max',
        }),
        async (wanted, people) => {
          const requestId = newId('request');
          const entries = wanted.map((facts) => auditEntry({ ...facts, requestId }));
          await opened.stores.ledger.record('acme', { decision: null, entries, dedupeKey: null });
          for (const { actor, teamLeads } of people) {
            const visibility = await auditVisibility(actor, async () =>
              teamLeads === undefined ? undefined : { team_lead_visibility: teamLeads },
            );
            const page = await opened.stores.auditEntries.query('acme', {
              visibility,
              filters: { requestId },
              limit: 1_000,
            });
            const visible = entries.filter((entry) => isVisible(entry, visibility));
            expect(page.entries.map(({ id }) => id).toSorted()).toEqual(
              visible.map(({ id }) => id).toSorted(),
            );
            // Nobody sees what is out of their reach, nor what policy keeps from them.
            const ownOnly = actor.role === 'team_lead' && teamLeads === 'own';
            const kept = (entry: AuditEntry) =>
              !mayReach('audit.read', actor, entry) || (ownOnly && entry.userId !== actor.userId);
            expect(visible.filter(kept)).toEqual([]);
            seen += visible.length;
            hidden += entries.length - visible.length;
          }
        },
      ),
      { numRuns: 30 },
    );
    expect(seen).toBeGreaterThan(100);
    expect(hidden).toBeGreaterThan(100);
  });
});
