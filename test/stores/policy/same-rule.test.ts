import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalOrgUnit } from '#domain/person/org-unit.ts';
import { mayReadPolicy, readablePlaces } from '#domain/policy/access.ts';
import { type PolicyScope, policyLevels } from '#domain/policy/policy.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import { arbitraryActor, arbitraryUnit, arbitraryUserId } from '../../support/arbitrary-people.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

/** Policies name units in their normal spelling alone. */
const normalUnit = arbitraryUnit.map(normalOrgUnit).filter((unit) => unit !== undefined && unit !== '');

const arbitraryScope: fc.Arbitrary<PolicyScope> = fc
  .record({
    level: fc.constantFrom(...policyLevels),
    unit: normalUnit,
    personUnit: fc.option(normalUnit),
    userId: arbitraryUserId,
  })
  .map(({ level, unit = '', personUnit = null, userId }) => {
    if (level === 'enterprise') return { level, orgUnit: null, userId: null };
    if (level === 'user') return { level, orgUnit: personUnit, userId };
    return { level, orgUnit: unit, userId: null };
  });

/** Drafts, of which there may be many at one position; these and no others are in the database. */
async function store(scopes: readonly PolicyScope[]) {
  const rows = scopes.map((scope) => ({ ...scope, id: newId('policy') }));
  await withAdmin(opened.databases.adminUrl, async (client) => {
    await client.query('DELETE FROM tenant_acme.policies');
    await client.query(
      `INSERT INTO tenant_acme.policies
         (id, version, name, domain, level, org_unit, user_id, status, rules, change_reason, created_by, created_at)
       SELECT r.id, 1, 'One', 'actions', r.level, r."orgUnit", r."userId", 'draft', '{}', 'first', 'system', now()
       FROM jsonb_to_recordset($1) AS r (id text, level text, "orgUnit" text, "userId" text)`,
      [JSON.stringify(rows)],
    );
  });
  return rows;
}

describe('policies, as the database pages them', () => {
  it('are those that the rule in TypeScript lets a person read', async () => {
    let read = 0;
    let hidden = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryScope, { minLength: 1, maxLength: 40, size: 'max' }),
        fc.array(arbitraryActor, { minLength: 1, maxLength: 8, size: 'max' }),
        async (scopes, people) => {
          const stored = await store(scopes);
          for (const person of people) {
            const readable = stored.filter((scope) => mayReadPolicy(person, scope)).map(({ id }) => id);
            const { policies, total } = await opened.stores.policies.page('acme', {
              filters: {},
              readable: readablePlaces(person),
              limit: 1_000,
              offset: 0,
            });
            expect(policies.map(({ id }) => id).toSorted()).toEqual(readable.toSorted());
            expect(total).toBe(readable.length);
            read += readable.length;
            hidden += stored.length - readable.length;
          }
        },
      ),
      { numRuns: 30 },
    );
    expect(read).toBeGreaterThan(100);
    expect(hidden).toBeGreaterThan(100);
  });
});
