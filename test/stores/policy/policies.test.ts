import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Policy } from '#domain/policy/policy.ts';
import { newId } from '#platform/new-id.ts';
import type { PolicyStore } from '#stores/policy/policies.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
let policies: PolicyStore;

beforeAll(async () => {
  opened = await openTestStores();
  policies = opened.stores.policies;
});
afterAll(() => opened.close());

function policy(overrides: Partial<Policy> = {}): Policy {
  return {
    id: newId('policy'),
    name: 'Actions of the organisation',
    domain: 'actions',
    scope: { level: 'org', orgUnit: newId('policy'), userId: null },
    version: 1,
    status: 'active',
    rules: { default_autonomy: 'approve', overrides: { github_issue_comment: 'approve' } },
    mayGrant: null,
    changeReason: 'first',
    createdBy: 'system',
    createdAt: new Date().toISOString(),
    ...overrides,
  };
}

describe('createPolicyStore', () => {
  it('starts with a revision and no policy', async () => {
    expect(await policies.active('globex')).toEqual({ revision: 1, policies: [], signed: null });
  });

  it('gives back what was inserted, and moves the revision', async () => {
    const before = await policies.active('acme');
    const made = policy({ mayGrant: { allowed_operations: ['comment_issue'] } });
    expect(await policies.insert('acme', made)).toBe(true);
    const after = await policies.active('acme');
    expect(after.revision).toBeGreaterThan(before.revision);
    expect(after.policies).toContainEqual(made);
    expect(await policies.insert('acme', made)).toBe(false);
    expect(await policies.active('acme')).toEqual(after);
  });

  it('does not move the revision for a draft', async () => {
    const { revision } = await policies.active('acme');
    const draft = policy({ status: 'draft' });
    await policies.insert('acme', draft);
    const after = await policies.active('acme');
    expect(after.revision).toBe(revision);
    expect(after.policies.map((each) => each.id)).not.toContain(draft.id);
  });

  it('deprecates the older version of the same policy', async () => {
    const first = policy();
    await policies.insert('acme', first);
    const second = { ...first, version: 2, rules: { default_autonomy: 'block' }, changeReason: 'stricter' };
    expect(await policies.insert('acme', second)).toBe(true);
    const { policies: active } = await policies.active('acme');
    expect(active.filter((each) => each.id === first.id)).toEqual([second]);
    expect(await policies.insert('acme', first)).toBe(false);
    expect((await policies.active('acme')).policies).toContainEqual(second);
  });

  it('refuses a second active policy of a domain at one position', async () => {
    const first = policy();
    await policies.insert('acme', first);
    const rival = policy({ scope: first.scope });
    await expect(policies.insert('acme', rival)).rejects.toMatchObject({
      code: 'POLICY_CONFLICT',
    });
    expect(await policies.insert('acme', policy({ scope: first.scope, domain: 'integrations' }))).toBe(true);
  });

  it.each([
    ['NUL', 'a\0'],
    ['a lone surrogate', '\udc00'],
  ])('refuses %s anywhere in the rules', async (_, text) => {
    for (const rules of [{ [text]: 1 }, { list: [{ name: text }] }]) {
      await expect(policies.insert('acme', policy({ rules }))).rejects.toMatchObject({
        code: 'INVALID_TEXT',
      });
    }
  });
});
