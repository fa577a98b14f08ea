import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { erasureView } from '#domain/user-data.schema.ts';
import { openTestGateway, people, type TestGateway } from './test-gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openTestGateway();
  for (const person of [people.user, people.peer]) {
    await gateway.as(person, {
      method: 'POST',
      url: '/api/v1/requests',
      payload: { text: `words of ${person.sub}` },
    });
  }
});
afterAll(() => gateway?.close());

const exported = z.object({
  user_id: z.string(),
  subject: z.string().nullable(),
  person: z.object({ email: z.string().nullable() }).nullable(),
  sessions: z.array(z.unknown()),
  requests: z.array(z.object({ id: z.string() })),
  contents: z.array(z.object({ value: z.unknown() })),
  approvals: z.array(z.unknown()),
  votes: z.array(z.unknown()),
  audit_entries: z.array(z.object({ user_id: z.string(), event: z.string() })),
});

const exportOf = (userId: string, person = people.admin) =>
  gateway.as(person, { url: `/api/v1/user-data/${encodeURIComponent(userId)}/export` });
const erase = (userId: string, payload: object, person = people.admin) =>
  gateway.as(person, {
    method: 'POST',
    url: `/api/v1/user-data/${encodeURIComponent(userId)}/erase`,
    payload,
  });

describe('GET /api/v1/user-data/{user_id}/export', () => {
  it('holds everything about the person and nothing of others, and is itself on record', async () => {
    const answer = await exportOf('acme-user');
    expect(answer.headers['content-disposition']).toContain('user-data.json');
    const data = z.parse(exported, answer.json());
    expect(data.requests).toHaveLength(1);
    expect(data.contents.map(({ value }) => value)).toContain('words of acme-user');
    expect(data.person).toMatchObject({ email: 'acme-user@example.test' });
    expect(data.audit_entries.map(({ event }) => event)).toContain('request.created');
    expect(new Set(data.audit_entries.map(({ user_id }) => user_id))).toEqual(new Set(['acme-user']));
    expect(answer.body).not.toContain('words of acme-peer');

    const { entries } = await gateway.stores.auditEntries.query('acme', {
      visibility: { kind: 'tenant' },
      filters: { userId: 'acme-admin' },
      limit: 10,
    });
    expect(entries[0]).toMatchObject({ event: 'user_data.exported', outcome: 'success' });
    expect(JSON.stringify(entries[0]?.metadata) + JSON.stringify(entries[0]?.dataAccessed)).not.toContain(
      'acme-user',
    );
  });

  it('is whole JSON for a person that nothing is known of', async () => {
    expect(z.parse(exported, (await exportOf('nobody “at” all')).json())).toMatchObject({
      subject: null,
      person: null,
      requests: [],
      audit_entries: [],
    });
  });

  it('is for enterprise admins, of their own tenant', async () => {
    expect((await exportOf('acme-user', people.lead)).statusCode).toBe(403);
    expect((await exportOf('acme-user', people.user)).statusCode).toBe(403);
    const foreign = z.parse(exported, (await exportOf('acme-user', people.stranger)).json());
    expect(foreign).toMatchObject({ person: null, requests: [], contents: [], audit_entries: [] });
  });
});

describe('POST /api/v1/user-data/{user_id}/erase', () => {
  it('says which open requests it waits for, and stays one erasure however often it is asked for', async () => {
    const answers = await Promise.all([1, 2].map(() => erase('acme-peer', { reason: 'they asked' })));
    const views = answers.map((answer) => {
      expect(answer.statusCode).toBe(202);
      return z.parse(erasureView, answer.json());
    });
    expect(views[0]).toMatchObject({ user_id: 'acme-peer', state: 'waiting', erased: null, erased_at: null });
    expect(views[0]?.open_requests).toHaveLength(1);
    expect(views[1]?.id).toBe(views[0]?.id);
  });

  it('needs a reason, and an enterprise admin', async () => {
    expect((await erase('acme-user', {})).statusCode).toBe(400);
    expect((await erase('acme-user', { reason: '' })).statusCode).toBe(400);
    expect((await erase('acme-user', { reason: 'x' }, people.lead)).statusCode).toBe(403);
  });
});
