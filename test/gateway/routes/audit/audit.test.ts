import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { auditPage } from '#domain/audit/audit.schema.ts';
import { openTestGateway, people, type TestGateway, type TestPerson } from '../../../support/test-gateway.ts';

const orgAdmin = {
  ...people.admin,
  sub: 'acme-org-admin',
  groups: ['openclaw-org-admins'],
  orgUnit: 'engineering',
};
const seller = { ...people.user, sub: 'acme-seller', orgUnit: 'sales' };

describe('the audit log', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await openTestGateway();
    for (const person of [people.user, people.peer, people.lead, seller]) {
      await gateway.as(person, {
        method: 'POST',
        url: '/api/v1/requests',
        payload: { text: `from ${person.sub}` },
      });
    }
  });
  afterAll(() => gateway?.close());

  const read = async (person: TestPerson, query = '') => {
    const answer = await gateway.as(person, { url: `/api/v1/audit?action_type=tool_invocation${query}` });
    expect(answer.statusCode).toBe(200);
    return z.parse(auditPage, answer.json());
  };
  const who = async (person: TestPerson) =>
    [...new Set((await read(person)).entries.map((entry) => entry.user_id))].toSorted();

  it('shows a person their own entries', async () => {
    expect(await who(people.user)).toEqual(['acme-user']);
  });

  it('shows leads and org admins their unit and what is below it', async () => {
    const engineering = ['acme-lead', 'acme-peer', 'acme-user'];
    expect(await who(people.lead)).toEqual(engineering);
    expect(await who(orgAdmin)).toEqual(engineering);
  });

  it('shows enterprise admins their whole tenant, and never another', async () => {
    expect(await who(people.admin)).toEqual(['acme-lead', 'acme-peer', 'acme-seller', 'acme-user']);
    const { statusCode, body } = await gateway.as(people.stranger, { url: '/api/v1/audit' });
    expect(statusCode).toBe(200);
    expect(body).not.toContain('acme');
  });

  it('filters and pages, and names what it was asked', async () => {
    const page = await read(people.admin, '&user_id=acme-user&limit=1');
    expect(page).toMatchObject({ total: 1, limit: 1, offset: 0 });
    expect(page.entries[0]).toMatchObject({
      event: 'request.created',
      outcome: 'success',
      tenant_id: 'acme',
    });
    expect((await read(people.admin, '&offset=3')).entries).toHaveLength(1);
    expect((await read(people.admin, '&from=2100-01-01T00:00:00Z')).total).toBe(0);
  });

  it('tells one entry to those who may see it', async () => {
    const id = (await read(people.user)).entries[0]?.id;
    const url = `/api/v1/audit/${id}`;
    expect((await gateway.as(people.user, { url })).json()).toMatchObject({ id, user_id: 'acme-user' });
    expect((await gateway.as(people.lead, { url })).statusCode).toBe(200);
    const others = [people.peer, seller, people.stranger];
    const answers = await Promise.all(others.map((person) => gateway.as(person, { url })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
  });

  it('is read on record, with the decision that allowed it', async () => {
    const { entries } = await gateway.stores.auditEntries.query('acme', {
      visibility: { kind: 'own', userId: 'acme-admin' },
      filters: { actionType: 'data_access' },
      limit: 1,
      offset: 0,
    });
    expect(entries).toMatchObject([
      {
        event: 'audit.read',
        outcome: 'success',
        policyResult: 'allow',
        decisionId: expect.stringMatching(/^dec_/),
      },
    ]);
  });
});
