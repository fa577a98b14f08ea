import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Policy } from '#domain/policy.ts';
import { giveFirstPolicies } from '#governance/first-policies.ts';
import { shippedPolicies } from '#governance/shipped-policies.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

const now = () => new Date();
const give = () => giveFirstPolicies({ ...opened.stores, tenantId: 'acme', now, make: shippedPolicies });
const current = () => opened.stores.policies.list('acme', {});
const inWords = ({ domain, version, status }: Policy) => `${domain} ${version} ${status}`;

it('gives what a tenant lacks, and leaves alone what it decided itself', async () => {
  const shipped = shippedPolicies({ by: 'openclaw-setup', at: now() });
  const [first, second] = shipped;
  if (first === undefined || second === undefined) throw new Error('several policies are shipped');
  // One was given before the rest got lost; another was changed and then ended by the tenant.
  await opened.stores.policies.insert('acme', first);
  await opened.stores.policies.insert('acme', { ...second, status: 'draft' });
  const { revision } = await opened.stores.policies.active('acme');
  const ended = await opened.stores.policies.change(
    'acme',
    { policyId: second.id, deprecate: [1], insert: null, activate: null },
    { seen: { revision, versions: [{ version: 1, status: 'draft' }] }, beforeCommit: async () => {} },
  );
  expect(ended).toBe(true);

  await give();
  const after = await current();
  expect(after.map(inWords).toSorted()).toEqual(
    shipped
      .map(({ domain }) => `${domain} 1 ${domain === second.domain ? 'deprecated' : 'active'}`)
      .toSorted(),
  );
  expect(after.map(({ id }) => id)).toContain(first.id);
  await give();
  expect(await current()).toEqual(after);
});
