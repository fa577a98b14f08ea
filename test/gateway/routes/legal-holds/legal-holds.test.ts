import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { legalHold, legalHoldList } from '#domain/person/legal-hold.schema.ts';
import { entriesOf } from '../../../support/audit-entries.ts';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

const path = '/api/v1/legal-holds';
const place = (payload: object, person = people.admin) =>
  gateway.as(person, { method: 'POST', url: path, payload });
const release = (id: string, payload: object = { reason: 'settled' }) =>
  gateway.as(people.admin, { method: 'DELETE', url: `${path}/${id}`, payload });

async function placed(payload: object) {
  const answer = await place({ reason: 'case 12', ...payload });
  expect(answer.statusCode).toBe(201);
  return z.parse(legalHold, answer.json());
}

describe('legal holds', () => {
  it('are placed on a person and a time, listed, and released once, each on record', async () => {
    const hold = await placed({ user_id: 'acme-user', from: '2026-01-01T00:00:00+01:00' });
    expect(hold).toMatchObject({
      user_id: 'acme-user',
      from: '2025-12-31T23:00:00.000Z',
      to: null,
      reason: 'case 12',
      placed_by: 'acme-admin',
      released_at: null,
    });
    expect((await release(hold.id)).json()).toMatchObject({ id: hold.id, released_by: 'acme-admin' });
    expect((await release(hold.id)).json()).toMatchObject({ error: 'HOLD_RELEASED' });

    const list = z.parse(legalHoldList, (await gateway.as(people.admin, { url: path })).json());
    expect(list.holds.map(({ id }) => id)).toContain(hold.id);
    const entries = await entriesOf(gateway.stores, 'acme', { userId: 'acme-admin' });
    const events = entries
      .filter(({ metadata }) => metadata['hold_id'] === hold.id)
      .map(({ event }) => event);
    expect(events).toEqual(['legal_hold.released', 'legal_hold.placed']);
  });

  it('are one when they are placed again, as after a lost answer, until they are released', async () => {
    const facts = { user_id: 'acme-peer', to: '2027-01-01T00:00:00Z' };
    const hold = await placed(facts);
    expect(await placed(facts)).toEqual(hold);
    for (const other of [{}, { ...facts, reason: 'case 13' }, { ...facts, from: '2026-01-01T00:00:00Z' }])
      expect((await placed(other)).id).not.toBe(hold.id);
    await release(hold.id);
    expect((await placed(facts)).id).not.toBe(hold.id);
  });

  it('need a reason and a time that has a length', async () => {
    for (const payload of [
      {},
      { reason: ' ' },
      { reason: 'x', from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' },
      { reason: 'x', from: 'yesterday' },
      { reason: 'x', whose: 'acme-user' },
    ]) {
      expect((await place(payload)).json()).toMatchObject({ error: 'INVALID_REQUEST' });
    }
    const { id } = await placed({});
    expect((await release(id, {})).statusCode).toBe(400);
  });

  it('belong to enterprise admins of their own tenant', async () => {
    const { id } = await placed({});
    for (const person of [people.user, people.lead]) {
      expect((await place({ reason: 'x' }, person)).statusCode).toBe(403);
      expect((await gateway.as(person, { url: path })).statusCode).toBe(403);
    }
    const foreign = await gateway.as(people.stranger, { url: path });
    expect(foreign.body).not.toContain(id);
    const released = await gateway.as(people.stranger, {
      method: 'DELETE',
      url: `${path}/${id}`,
      payload: { reason: 'x' },
    });
    const unknown = await gateway.as(people.stranger, {
      method: 'DELETE',
      url: `${path}/hld_00000000000000000000000000`,
      payload: { reason: 'x' },
    });
    expect([released.statusCode, released.body]).toEqual([404, unknown.body]);
  });
});
