import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { erasureView } from '#domain/person/user-data.schema.ts';
import { parseNewPolicy } from '#governance/policy/change/parse-new-policy.ts';
import { newId } from '#platform/new-id.ts';
import { entriesOf } from '../../../support/audit-entries.ts';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

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
  grants: z.array(z.record(z.string(), z.unknown())),
  model_usage: z.array(z.object({ day: z.string(), tokens: z.int() })),
  policies: z.array(
    z.object({ id: z.string(), name: z.string(), wrote: z.boolean(), change_reason: z.string().nullable() }),
  ),
  model_calls: z.array(z.object({ id: z.string(), used: z.int() })),
  classification_overrides: z.array(z.object({ item_id: z.string() })),
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

    const entries = await entriesOf(gateway.stores, 'acme', { userId: 'acme-admin' });
    expect(entries[0]).toMatchObject({ event: 'user_data.exported', outcome: 'success' });
    expect(JSON.stringify(entries[0]?.metadata) + JSON.stringify(entries[0]?.dataAccessed)).not.toContain(
      'acme-user',
    );
  });

  it('holds what is kept of models, labels, policies and grants, without a token', async () => {
    const { modelUsage, classifications, grants, policies } = gateway.stores;
    for (const [userId, used] of [
      ['export-me', 7],
      ['somebody-else', 9],
    ] as const) {
      const actor = { tenantId: 'acme', userId, role: 'user', orgUnit: 'engineering' } as const;
      const callId = `call of ${userId}`;
      await modelUsage.reserve(actor, { callId, day: '2026-11-21', tokens: 10, limits: [] });
      await modelUsage.recordUse(actor, callId, used);
      const labels = { previous: 'internal', classification: 'restricted' } as const;
      const override = { itemId: `github:a/b#${used}`, orgUnit: '', ...labels, reason: 'r', by: userId };
      await classifications.override('acme', override, async () => {});
      const expiresAt = new Date(Date.now() + 60_000).toISOString();
      await grants.keep('acme', {
        id: newId('grant'),
        userId,
        kind: 'bearer',
        providerSession: null,
        offline: false,
        token: 'very secret',
        expiresAt,
      });
      const body = {
        name: `for ${userId}`,
        domain: 'features',
        scope: { level: 'user', user_id: userId },
        status: 'draft',
        rules: {},
        change_reason: 'their words',
      };
      const made = { by: 'acme-admin', at: new Date() };
      const everybodys = { ...body, scope: { level: 'enterprise' }, status: 'active' };
      const above = parseNewPolicy(everybodys, { among: [], ...made });
      await policies.insert('acme', parseNewPolicy(body, { among: [above], ...made }));
    }
    const answer = await exportOf('export-me');
    expect(z.parse(exported, answer.json())).toMatchObject({
      model_usage: [{ day: '2026-11-21', tokens: 7 }],
      model_calls: [{ id: 'call of export-me', used: 7 }],
      classification_overrides: [{ item_id: 'github:a/b#7' }],
      policies: [{ name: 'for export-me', wrote: false, change_reason: null }],
      grants: [{ kind: 'bearer' }],
    });
    expect(answer.body).not.toMatch(/secret|sealed|somebody-else|their words/);
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
