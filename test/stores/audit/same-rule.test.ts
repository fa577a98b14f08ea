import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditEntry, auditKeys } from '#domain/audit/audit.ts';
import { auditViewOf } from '#domain/audit/audit-view.ts';
import { mayReach } from '#domain/person/permission.ts';
import { orgUnitCovers, type Role, roles } from '#domain/person/role.ts';
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

/** Of this release, of a connector that is gone, of another release, and of somebody who wrote past us. */
const events = [
  ...auditKeys(),
  'jira.issue_created',
  'policy.forgotten',
  'legal_hold.placed.again',
  'legal_hold',
  'Legal_hold.placed',
  'nonsense',
  'constructor.name',
  '',
];

const arbitraryEntry = fc.record({
  userId: arbitraryUserId,
  orgUnit: arbitraryUnit,
  event: fc.constantFrom(...events),
});

/** As the ledger takes it: a row may hold what no type of ours allows. */
function entryOf(facts: { userId: string; orgUnit: string; event: string }, requestId: string): AuditEntry {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what another release may have written
  return auditEntry({ ...facts, event: facts.event as AuditEntry['event'], requestId });
}
const arbitraryTeamRule = fc.constantFrom<'team' | 'own' | undefined>('team', 'own', undefined);

/** The rule of the specification, by what TypeScript says of units. */
function isVisible(entry: AuditEntry, visibility: AuditVisibility): boolean {
  switch (visibility.kind) {
    case 'tenant':
      return true;
    case 'org':
      return (
        (orgUnitCovers(visibility.orgUnit, entry.orgUnit) && auditViewOf(entry.event) === 'unit') ||
        (entry.userId === visibility.userId && auditViewOf(entry.event) === 'own')
      );
    case 'own':
      return entry.userId === visibility.userId && auditViewOf(entry.event) !== 'tenant';
  }
}

/** What docs/audit-events.md says, where no code of ours has a hand in it. */
async function documentedViews(): Promise<ReadonlyMap<string, string>> {
  const page = await readFile(new URL('../../../docs/audit-events.md', import.meta.url), 'utf8');
  return new Map(
    [...page.matchAll(/^\| `([\w.]+)` \| `\w+` \| `(\w+)` \|/gm)].map(([, event = '', view = '']) => [
      event,
      view,
    ]),
  );
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
          const entries = wanted.map((facts) => entryOf(facts, requestId));
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

  it('are, event by event, role by role and unit by unit, those that the documents name', async () => {
    const views = await documentedViews();
    expect([...views.keys()].toSorted()).toEqual([...auditKeys()].toSorted());
    const units = ['engineering', 'engineering/web', 'sales'];
    const requestId = newId('request');
    const entries = [...views.keys()].flatMap((event) =>
      units.flatMap((orgUnit) =>
        ['ada', 'bea'].map((userId) => entryOf({ userId, orgUnit, event }, requestId)),
      ),
    );
    await opened.stores.ledger.record('acme', { decision: null, entries, dedupeKey: null });
    const reads: Record<Role, (entry: AuditEntry, unit: string) => boolean> = {
      user: (entry) => entry.userId === 'ada' && views.get(entry.event) !== 'tenant',
      team_lead: (entry, unit) =>
        (`${entry.orgUnit}/`.startsWith(`${unit}/`) && views.get(entry.event) === 'unit') ||
        (entry.userId === 'ada' && views.get(entry.event) === 'own'),
      org_admin: (entry, unit) => reads.team_lead(entry, unit),
      enterprise_admin: () => true,
    };
    for (const role of roles) {
      for (const orgUnit of units) {
        const actor = { tenantId: 'acme', userId: 'ada', role, orgUnit };
        const visibility = await auditVisibility(actor, async () => undefined);
        const filters = { requestId };
        const page = await opened.stores.auditEntries.query('acme', { visibility, filters, limit: 1_000 });
        const expected = entries.filter((entry) => reads[role](entry, orgUnit)).map(({ id }) => id);
        expect(page.entries.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
        expect(page.total).toBe(expected.length);
      }
    }
  });
});
