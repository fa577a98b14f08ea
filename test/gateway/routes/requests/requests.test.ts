import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

describe('requests', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await openTestGateway();
  });
  afterAll(() => gateway?.close());

  const ask = (payload: object, headers: Record<string, string> = {}) =>
    gateway.as(people.user, { method: 'POST', url: '/api/v1/requests', payload, headers });

  const createdEntries = async (requestId: string) => {
    const visibility = { kind: 'tenant' } as const;
    const { entries } = await gateway.stores.auditEntries.query('acme', {
      visibility,
      filters: { requestId },
      limit: 10,
      offset: 0,
    });
    return entries.map(({ event, outcome, userId }) => ({ event, outcome, userId }));
  };

  it('are taken with 202 when nobody works on them, on record and with their address', async () => {
    const answer = await ask({ text: 'list the open issues of acme/website' });
    expect(answer.statusCode).toBe(202);
    const body = answer.json();
    expect(body).toMatchObject({
      state: 'received',
      user_id: 'acme-user',
      text: 'list the open issues of acme/website',
      actions: [],
      finished_at: null,
    });
    expect(answer.headers.location).toBe(`/api/v1/requests/${body.id}`);
    expect(await createdEntries(body.id)).toEqual([
      { event: 'request.created', outcome: 'success', userId: 'acme-user' },
    ]);
    expect(await gateway.stores.requests.get('acme', body.id)).toMatchObject({ state: 'received' });
  });

  it('with the same idempotency key and body are one request, with one audit entry', async () => {
    const headers = { 'idempotency-key': 'twice' };
    const first = await ask({ text: 'list the open issues of acme/website' }, headers);
    const second = await ask({ text: 'list the open issues of acme/website' }, headers);
    expect(second.json().id).toBe(first.json().id);
    expect(await createdEntries(first.json().id)).toHaveLength(1);
  });

  it('with the same idempotency key and another body are refused', async () => {
    const headers = { 'idempotency-key': 'reused' };
    await ask({ text: 'one thing' }, headers);
    const answer = await ask({ text: 'another thing' }, headers);
    expect(answer.statusCode).toBe(409);
    expect(answer.json().error).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('may share an idempotency key with those of somebody else', async () => {
    const headers = { 'idempotency-key': 'shared' };
    const mine = await ask({ text: 'mine' }, headers);
    const theirs = await gateway.as(people.peer, {
      method: 'POST',
      url: '/api/v1/requests',
      payload: { text: 'theirs' },
      headers,
    });
    expect(theirs.statusCode).toBe(202);
    expect(theirs.json().id).not.toBe(mine.json().id);
  });

  it('can name typed actions, which are planned without a planner', async () => {
    const answer = await ask({
      actions: [
        {
          action: 'github_issue_comment',
          input: { repository: 'acme/website', issue_number: 7, body: 'Hi' },
        },
      ],
    });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({
      text: null,
      planner: 'client',
      actions: [{ n: 1, action: 'github_issue_comment', target: 'acme/website#7', state: 'planned' }],
    });
  });

  it('refuse an unknown action and name its place', async () => {
    const answer = await ask({ actions: [{ action: 'rocket_launch', input: {} }] });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      error: 'INVALID_REQUEST',
      detail: [{ field: 'actions.0.action', problem: 'is not a known action' }],
    });
  });

  it("refuse an action's bad input and name the field", async () => {
    const answer = await ask({
      actions: [{ action: 'github_issue_comment', input: { repository: 'acme/website', body: 'Hi' } }],
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toEqual([
      expect.objectContaining({ field: 'actions.0.input.issue_number' }),
    ]);
  });

  it('are listed to their owner alone, newest first, page by page', async () => {
    const ids = [];
    for (const text of ['first', 'second', 'third']) {
      const answer = await gateway.as(people.lead, {
        method: 'POST',
        url: '/api/v1/requests',
        payload: { text },
      });
      ids.unshift(answer.json().id);
    }
    const page = await gateway.as(people.lead, { url: '/api/v1/requests?limit=2' });
    expect(page.json().requests.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
    const rest = await gateway.as(people.lead, {
      url: `/api/v1/requests?limit=2&before=${page.json().next}`,
    });
    expect(rest.json().requests.map(({ text }: { text: string }) => text)).toEqual(['first']);
    expect(rest.json().next).toBeNull();
  });

  it("look like nothing to a colleague, to another tenant's admin, and under made-up ids", async () => {
    const { id } = (await ask({ text: 'private' })).json();
    const read = [
      [people.peer, `/api/v1/requests/${id}`],
      [people.admin, `/api/v1/requests/${id}`],
      [people.stranger, `/api/v1/requests/${id}`],
      [people.stranger, `/api/v1/requests/${id}/events`],
      [people.user, '/api/v1/requests/req_00000000000000000000000000'],
      [people.user, '/api/v1/requests/%F0%9F%9A%80'],
    ] as const;
    const answers = await Promise.all(read.map(([person, url]) => gateway.as(person, { url })));
    const resolution = { n: 1, resolution: 'happened', reason: 'seen' };
    for (const [action, payload] of [
      ['withdraw', {}],
      ['resolve', resolution],
    ] as const) {
      const url = `/api/v1/requests/${id}/${action}`;
      answers.push(await gateway.as(people.stranger, { method: 'POST', url, payload }));
    }
    expect(answers.map(({ statusCode, json }) => [statusCode, json().error])).toEqual(
      answers.map(() => [404, 'NOT_FOUND']),
    );
  });

  it('that have not begun can be withdrawn, again and again with one record', async () => {
    const { id } = (await ask({ text: 'never mind' })).json();
    const url = `/api/v1/requests/${id}/withdraw`;
    const first = await gateway.as(people.user, { method: 'POST', url });
    expect(first.statusCode).toBe(200);
    expect(first.json()).toMatchObject({ state: 'withdrawn', finished_at: expect.any(String) });
    expect((await gateway.as(people.user, { method: 'POST', url })).statusCode).toBe(200);
    const events = (await createdEntries(id)).map(({ event }) => event);
    expect(events.filter((event) => event === 'request.withdrawn')).toHaveLength(1);
  });

  it('whose outcome is known cannot be resolved', async () => {
    const { id } = (await ask({ text: 'nothing unknown here' })).json();
    const answer = await gateway.as(people.user, {
      method: 'POST',
      url: `/api/v1/requests/${id}/resolve`,
      payload: { n: 1, resolution: 'happened', reason: 'I saw it' },
    });
    expect(answer.statusCode).toBe(409);
    expect(answer.json().error).toBe('REQUEST_NOT_PENDING');
  });

  it('that a typed body describes are not confused with the same JSON as text', async () => {
    const actions = [{ action: 'github_issue_read', input: { repository: 'acme/website' } }];
    const typed = await ask({ actions });
    const asText = await ask({ text: JSON.stringify({ actions }) });
    expect(typed.json()).toMatchObject({ text: null, planner: 'client' });
    expect(asText.json()).toMatchObject({ text: JSON.stringify({ actions }), planner: null, actions: [] });
  });
});
