import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform/new-id.ts';
import { agedDays } from '../../../support/aged.ts';
import { newApproval } from '../../../support/examples.ts';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

const url = '/api/v1/requests';
const erased = '(erased)';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

const actor = {
  tenantId: 'acme',
  userId: people.user.sub,
  role: 'user',
  orgUnit: 'engineering/web',
} as const;

function ask(payload: object, key = newId('request')) {
  return gateway.as(people.user, { method: 'POST', url, payload, headers: { 'idempotency-key': key } });
}

async function deleteContentOf(id: string): Promise<void> {
  await agedDays(gateway, id, 100);
  const before = new Date(Date.now() - 90 * 86_400_000).toISOString();
  const gone = await gateway.stores.contentRetention.deleteOf('acme', [id], { before, held: [] });
  expect(gone.requests).toBe(1);
}

describe('a request whose contents are past their retention', () => {
  it('still says how it ended, when it was not understood', async () => {
    const text = { text: 'words that nobody understands' };
    const key = newId('request');
    const id: string = (await ask(text, key)).json().id;
    const reply = { planner: 'p', answer: 'What?', suggestions: ['list the open issues'] };
    await gateway.stores.requests.saveNotUnderstood(actor, id, reply);
    await deleteContentOf(id);
    const seen = await gateway.as(people.user, { url: `${url}/${id}` });
    expect(seen.statusCode).toBe(200);
    expect(seen.json()).toMatchObject({
      state: 'answered',
      text: erased,
      answer: erased,
      suggestions: [],
      error: { error: 'NOT_UNDERSTOOD' },
    });
    const again = await ask(text, key);
    expect([again.statusCode, again.json().id]).toEqual([200, id]);
    const listed = (await gateway.as(people.user, { url })).json().requests;
    expect(listed).toContainEqual(expect.objectContaining({ id, text: erased }));
  });

  it('still shows its actions and approvals, to everybody who may see them', async () => {
    const { requests, approvals, content } = gateway.stores;
    const input = { repository: 'acme/website', issue_number: 7, body: 'Fixed in 2.1' };
    const id: string = (await ask({ actions: [{ action: 'github_issue_comment', input }] })).json().id;
    const approval = await approvals.open('acme', newApproval(id));
    const reasonRef = await content.save({
      tenantId: 'acme',
      ownerId: people.lead.sub,
      purpose: 'decision_reason',
      classification: 'internal',
      value: 'not now',
    });
    const closing = { state: 'rejected', decidedBy: people.lead.sub, reasonRef } as const;
    await approvals.close('acme', approval.id, closing);
    const finished = { requestId: id, n: 1, sending: 1, result: { url: 'https://x.org' } };
    await requests.finishAction('acme', { ...finished, state: 'rejected' });
    await deleteContentOf(id);

    const seen = await gateway.as(people.user, { url: `${url}/${id}` });
    expect(seen.statusCode).toBe(200);
    expect(seen.json()).toMatchObject({
      state: 'rejected',
      actions: [{ target: 'acme/website#7', reason: erased, result: erased, answer: null }],
    });
    for (const person of [people.lead, people.user]) {
      const shown = await gateway.as(person, { url: `/api/v1/approvals/${approval.id}` });
      expect(shown.statusCode).toBe(200);
      expect(shown.json()).toMatchObject({ preview: erased, decision_reason: erased, state: 'rejected' });
      expect((await gateway.as(person, { url: '/api/v1/approvals' })).statusCode).toBe(200);
    }
    const exported = await gateway.as(people.admin, { url: `/api/v1/user-data/${actor.userId}/export` });
    const data: { requests: { id: string; content_deleted_at: string | null }[] } = exported.json();
    const deletedAt = data.requests.find((one) => one.id === id)?.content_deleted_at;
    expect(Date.parse(deletedAt ?? '')).toBeGreaterThan(Date.now() - 3_600_000);
    expect(exported.body).not.toContain('Fixed in 2.1');
  });
});
