import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { auditPage } from '#domain/audit/audit.schema.ts';
import { openTestGateway, people, type TestGateway, type TestPerson } from '../support/test-gateway.ts';

/** An administrator of the very unit whose lead is looked into. */
const admin: TestPerson = { ...people.admin, orgUnit: 'engineering' };
const { lead } = people;
const org: TestPerson = { ...lead, sub: 'acme-org', groups: ['openclaw-org-admins'] };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway({ RATE_LIMIT_AUDIT_READS: '10000', RATE_LIMIT_REQUESTS: '10000' });
  for (const person of [admin, lead, org, people.user]) await gateway.as(person, { url: '/api/v1/requests' });
});
afterAll(() => gateway?.close());

const call = (person: TestPerson, method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
  gateway.as(person, { method, url: `/api/v1${url}`, ...(payload === undefined ? {} : { payload }) });

const page = async (person: TestPerson, query = '') =>
  z.parse(auditPage, (await call(person, 'GET', `/audit?limit=1000${query}`)).json());

it('who is looked into reads nothing of it, in no way to an entry', async () => {
  const reason = 'investigation of Lee';
  await call(lead, 'POST', '/requests', { text: 'ordinary work' });
  const hold = await call(admin, 'POST', '/legal-holds', { user_id: lead.sub, reason });
  expect(hold.statusCode).toBe(201);
  const duties = [
    await call(admin, 'GET', '/legal-holds'),
    await call(admin, 'GET', `/user-data/${lead.sub}/export`),
    await call(admin, 'GET', `/auth/sessions?user_id=${lead.sub}`),
    await call(admin, 'GET', `/audit?user_id=${lead.sub}`),
    await call(admin, 'POST', '/policies/evaluate', { action: 'github_issue_comment', user_id: lead.sub }),
    await call(admin, 'DELETE', `/legal-holds/${hold.json().id}`, { reason }),
  ];
  expect(duties.map(({ statusCode }) => statusCode)).toEqual(duties.map(() => 200));

  const all = await page(admin);
  const hidden = all.entries.filter(({ user_id: userId }) => userId === admin.sub);
  const events = new Set(hidden.map(({ event }) => event));
  for (const event of [
    'legal_hold.placed',
    'legal_hold.released',
    'user_data.exported',
    'session.read',
    'audit.read',
  ]) {
    expect(events).toContain(event);
  }
  for (const person of [lead, org, people.user]) {
    const seen = await page(person);
    expect(seen.total).toBe(seen.entries.length);
    expect(JSON.stringify(seen)).not.toMatch(/investigation|legal_hold|hld_|user_data/);
    expect(seen.entries.filter(({ user_id: userId }) => userId === admin.sub)).toEqual([]);
    expect(await page(person, `&user_id=${admin.sub}`)).toMatchObject({ total: 0, entries: [] });
    for (const { id } of hidden) {
      const one = await call(person, 'GET', `/audit/${id}`);
      const proof = await call(person, 'GET', `/audit/${id}/proof`);
      expect([one.statusCode, proof.statusCode]).toEqual([404, 404]);
    }
  }
  const work = await page(lead);
  expect(work.entries.map(({ event }) => event)).toContain('request.created');
});

it('whoever is no administrator any more reads what they did as one no more', async () => {
  const former: TestPerson = { ...admin, groups: ['openclaw-team-leads'] };
  const seen = await page(former);
  expect(JSON.stringify(seen)).not.toMatch(/investigation|legal_hold|hld_|user_data/);
  expect(seen.entries.map(({ event }) => event)).toContain('session.read');
});
