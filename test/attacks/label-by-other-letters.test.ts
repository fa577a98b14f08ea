import { afterAll, beforeAll, expect, it } from 'vitest';
import { itemKeyOf } from '#connectors/item-key.ts';
import { proposed } from '#connectors/proposed.ts';
import { createActionTable } from '#connectors/registry.ts';
import { asker } from '../support/cast.ts';
import { plannedRequest } from '../support/examples.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

it('an administrator’s label holds for an item however its repository is written (GitHub knows no case there)', async () => {
  const { classifications, requests } = opened.stores;
  const said = {
    orgUnit: '',
    previous: 'internal',
    classification: 'restricted',
    reason: 'x',
    by: 'admin',
  } as const;
  await classifications.override('acme', { itemId: 'github:acme/website#7', ...said }, async () => {});
  const action = createActionTable().action('github_issue_comment');
  if (action === undefined) throw new Error('no such action');
  const input = action.input.parse({ repository: 'Acme/WebSite', issue_number: 7, body: 'Fixed in 2.1' });
  const asked = proposed(action, input, 'user');
  const id = await plannedRequest(requests, [asked]);
  const item = itemKeyOf({ source: action.connector, itemId: asked.target });
  expect(await requests.beginAction('acme', id, 1, { item, orgUnit: asker.orgUnit })).toMatchObject({
    status: 'begun',
    override: 'restricted',
  });
});
