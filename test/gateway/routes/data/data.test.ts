import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOf } from '../../../support/audit-entries.ts';
import { newApproval, plannedRequest } from '../../../support/examples.ts';
import { openTestGateway, people, type TestGateway, type TestPerson } from '../../../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

const orgAdmin: TestPerson = {
  sub: 'acme-org-admin',
  tenant: 'acme',
  groups: ['openclaw-org-admins'],
  orgUnit: 'engineering',
};

let items = 0;
function freshItem(): string {
  items += 1;
  return `github:acme/website#${items}`;
}

const put = (person: TestPerson, item: string, payload: object) =>
  gateway.as(person, {
    method: 'PUT',
    url: `/api/v1/data/${encodeURIComponent(item)}/classification`,
    payload,
  });

const classify = (person: TestPerson, item: string, content = 'hello') => {
  const [connector = '', ...id] = item.split(':');
  const payload = { connector_type: connector, content_summary: content, source_id: id.join(':') };
  return gateway.as(person, { method: 'POST', url: '/api/v1/policies/classify', payload });
};

const reason = 'contains the plan of the merger';

describe('PUT /api/v1/data/{item}/classification', () => {
  it('answers as the specification prints, and holds from then on', async () => {
    const item = freshItem();
    const answer = await put(people.admin, item, { classification: 'restricted', reason });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      item_id: item,
      previous_classification: 'internal',
      new_classification: 'restricted',
      override_by: 'acme-admin',
      override_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      reason,
    });
    expect((await classify(people.user, item)).json()).toEqual({
      classification: 'restricted',
      assigned_by: 'admin_override',
      original_level: 'internal',
      confidence: 1,
    });
    const again = await put(people.admin, item, { classification: 'public', reason });
    expect(again.json()).toMatchObject({
      previous_classification: 'restricted',
      new_classification: 'public',
    });
    expect((await classify(people.user, item)).json()).toMatchObject({ classification: 'public' });
  });

  it('is on record with who, what and why', async () => {
    const item = freshItem();
    await put(people.admin, item, { classification: 'confidential', reason });
    const entries = await entriesOf(gateway.stores, 'acme', { userId: 'acme-admin', limit: 1 });
    expect(entries).toMatchObject([
      {
        event: 'classification.overridden',
        outcome: 'success',
        actionDetail: `${item}: internal → confidential: ${reason}`,
        dataClassification: 'confidential',
        metadata: { item_id: item, previous: 'internal', new: 'confidential', for_unit: '' },
      },
    ]);
  });

  it('by an org admin holds in the own unit and below, and nowhere else', async () => {
    const item = freshItem();
    const answer = await put(orgAdmin, item, { classification: 'restricted', reason });
    expect(answer.statusCode).toBe(200);
    expect((await classify(people.user, item)).json()).toMatchObject({ classification: 'restricted' });
    expect((await classify(people.admin, item)).json()).toMatchObject({ classification: 'internal' });
  });

  it('by an org admin cannot lower what a level above said', async () => {
    const item = freshItem();
    await put(people.admin, item, { classification: 'confidential', reason });
    const answer = await put(orgAdmin, item, { classification: 'internal', reason });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ error: 'CLASSIFICATION_VIOLATION' });
    expect((await classify(people.user, item)).json()).toMatchObject({ classification: 'confidential' });
    expect((await put(orgAdmin, item, { classification: 'restricted', reason })).statusCode).toBe(200);
  });

  it('is refused for an org admin without a unit: their word would be everybody’s', async () => {
    const nowhere = { ...orgAdmin, sub: 'acme-nowhere', orgUnit: '' };
    const answer = await put(nowhere, freshItem(), { classification: 'public', reason });
    expect([401, 403]).toContain(answer.statusCode);
  });

  it.each([people.user, people.lead])('is refused for $sub', async (person) => {
    const answer = await put(person, freshItem(), { classification: 'public', reason });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ error: 'forbidden' });
  });

  it('of one tenant is nothing to another', async () => {
    const item = freshItem();
    await put(people.stranger, item, { classification: 'restricted', reason });
    expect((await classify(people.user, item)).json()).toMatchObject({ classification: 'internal' });
  });

  it.each([
    ['an empty reason', 'github:acme/website#1', { classification: 'public', reason: '' }],
    ['a reason of spaces', 'github:acme/website#1', { classification: 'public', reason: '  ' }],
    ['no reason', 'github:acme/website#1', { classification: 'public' }],
    ['an unknown label', 'github:acme/website#1', { classification: 'secret', reason }],
    ['a field too many', 'github:acme/website#1', { classification: 'public', reason, org_unit: '' }],
    ['an item without a source', 'website', { classification: 'public', reason }],
    ['an item of spaces', 'github: ', { classification: 'public', reason }],
  ])('refuses %s', async (_what, item, body) => {
    const answer = await put(people.admin, item, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: 'INVALID_REQUEST' });
  });
});

describe('POST /api/v1/policies/classify', () => {
  it('says the source’s label where nothing else is known', async () => {
    expect((await classify(people.user, freshItem())).json()).toEqual({
      classification: 'internal',
      assigned_by: 'connector_default',
      original_level: null,
      confidence: 0.5,
    });
    expect((await classify(people.user, 'unheard_of:1')).json()).toMatchObject({
      classification: 'internal',
    });
  });

  it('raises it by the content', async () => {
    expect((await classify(people.user, freshItem(), 'card 4111 1111 1111 1111')).json()).toEqual({
      classification: 'restricted',
      assigned_by: 'ai_reclassification',
      original_level: 'internal',
      confidence: 0.95,
    });
  });

  it('refuses a text that is too long', async () => {
    expect((await classify(people.user, freshItem(), 'x'.repeat(70_000))).statusCode).toBe(400);
  });
});

describe('an approval that somebody looks at', () => {
  it('is on record with the label of what it shows', async () => {
    const requestId = await plannedRequest(gateway.stores.requests, undefined, {
      tenantId: 'acme',
      userId: people.user.sub,
      role: 'user',
      orgUnit: people.user.orgUnit,
    });
    const { id } = await gateway.stores.approvals.open(
      'acme',
      newApproval(requestId, { preview: 'pay with 4111 1111 1111 1111', classification: 'restricted' }),
    );
    for (const url of [`/api/v1/approvals/${id}`, '/api/v1/approvals']) {
      expect((await gateway.as(people.lead, { url })).statusCode).toBe(200);
    }
    const entries = await entriesOf(gateway.stores, 'acme', { userId: people.lead.sub });
    const reads = entries.filter(({ event }) => event === 'approval.read');
    expect(reads.map(({ dataClassification }) => dataClassification)).toEqual(['restricted', 'restricted']);
  });
});
