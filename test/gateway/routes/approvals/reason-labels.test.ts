import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Classification } from '#domain/classification/classification.ts';
import { newApproval, plannedRequest } from '../../../support/examples.ts';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

const digest = 'a'.repeat(64);
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

async function openApproval(classification: Classification): Promise<string> {
  const requestId = await plannedRequest(gateway.stores.requests);
  const { id } = await gateway.stores.approvals.open(
    'acme',
    newApproval(requestId, { classification, digest }),
  );
  return id;
}

/** The label of the reason that was kept last. */
async function labelOfReason(): Promise<Classification | undefined> {
  const row = await gateway.stores.database.inTenant('acme', (tx) =>
    tx
      .selectFrom('content')
      .select('classification')
      .where('purpose', '=', 'decision_reason')
      .orderBy('created_at', 'desc')
      .executeTakeFirst(),
  );
  return row?.classification;
}

describe('the reason of a vote', () => {
  it.each<[Classification, string, Classification]>([
    ['public', 'fine with me', 'public'],
    ['confidential', 'fine with me', 'confidential'],
    ['restricted', 'fine with me', 'restricted'],
    ['internal', 'his card is 4111 1111 1111 1111', 'restricted'],
    ['restricted', 'her salary is in there', 'restricted'],
  ])('about %s data, saying "%s", is %s', async (about, reason, label) => {
    const id = await openApproval(about);
    const payload = { decision: 'reject', digest, reason };
    await gateway.as(people.lead, { method: 'POST', url: `/api/v1/approvals/${id}/decision`, payload });
    expect(await labelOfReason()).toBe(label);
  });
});

describe('the reason of what became of an effect', () => {
  it('is as confidential as what was done', async () => {
    // Straight into the store: no workflow is asked, and none has to be waited for.
    const requestId = await plannedRequest(gateway.stores.requests);
    await gateway.stores.requests.finishAction('acme', {
      requestId,
      n: 1,
      sending: 1,
      state: 'outcome_unknown',
      classification: 'confidential',
    });
    const payload = { n: 1, resolution: 'happened', reason: 'I saw it' };
    await gateway.as(people.user, { method: 'POST', url: `/api/v1/requests/${requestId}/resolve`, payload });
    expect(await labelOfReason()).toBe('confidential');
  });
});
