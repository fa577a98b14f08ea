import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGateway, people, type TestGateway, type TestPerson } from '../../../support/test-gateway.ts';

let test: TestGateway;

beforeAll(async () => {
  test = await openTestGateway({ OPERATOR_TENANT: 'globex', TENANT_DELETE_WAIT_MS: '60000' });
});
afterAll(() => test?.close());

const operator = people.stranger;

const call = (person: TestPerson, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) =>
  test.as(person, {
    method,
    url: `/api/v1${path}`,
    ...(body === undefined ? {} : { payload: body }),
  });

const ownId = () => `t${Math.random().toString(36).slice(2, 12)}`;

const events = async (event: string) => {
  const page = await call(operator, 'GET', '/audit?limit=100');
  const entries: { event: string; action_detail: string }[] = page.json().entries;
  return entries.filter((one) => one.event === event).map((one) => one.action_detail);
};

describe('tenants', () => {
  it('are made as the spec prints it, and are being provisioned until they have everything', async () => {
    const id = ownId();
    const body = { id, name: 'Initech', domains: ['initech.example'], oidc_issuer: null };
    const made = await call(operator, 'POST', '/tenants', body);
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({ ...body, status: 'provisioning', delete_at: null });
    const again = await call(operator, 'POST', '/tenants', body);
    expect(again.json()).toEqual(made.json());
    const other = await call(operator, 'POST', '/tenants', { ...body, name: 'Initrode' });
    expect([other.statusCode, other.json().error]).toEqual([409, 'TENANT_EXISTS']);
    const list = (await call(operator, 'GET', '/tenants')).json();
    expect(list.total).toBe(list.tenants.length);
    expect(list.tenants).toContainEqual(made.json());
    expect(await events('tenant.created')).toContain(`tenant ${id}`);
    const stranger = { ...people.admin, tenant: id };
    expect((await call(stranger, 'GET', '/requests')).json().error).toBe('TENANT_UNKNOWN');
  });

  it.each([
    ['a reserved id', { id: 'installation', name: 'x' }],
    ['an id in upper case', { id: 'Acme', name: 'x' }],
    ['an id with a quote', { id: "a'b", name: 'x' }],
    ['an id with a Cyrillic letter', { id: '\u0430cme', name: 'x' }],
    ['an id in full-width letters', { id: '\uff41cme', name: 'x' }],
    ['an id with a letter that has two forms', { id: 'caf\u00e9', name: 'x' }],
    ['an id with a letter that nobody sees', { id: 'ac\u200bme', name: 'x' }],
    ['an id with a line break at its end', { id: 'acme\n', name: 'x' }],
    ['an id with a colon', { id: 'acme:x', name: 'x' }],
    ['an id with an underscore', { id: 'acme_x', name: 'x' }],
    ['an id of one letter', { id: 'a', name: 'x' }],
    ['an id of 41 letters', { id: 'a'.repeat(41), name: 'x' }],
    ['no name', { id: 'initech', name: '' }],
    ['an unknown field', { id: 'initech', name: 'x', plan: 'gold' }],
    ['a domain that is none', { id: 'initech', name: 'x', domains: ['no domain'] }],
    ['an issuer that is none', { id: 'initech', name: 'x', oidc_issuer: 'javascript:alert(1)' }],
  ])('are refused with %s', async (_what, body) => {
    const answer = await call(operator, 'POST', '/tenants', body);
    expect([answer.statusCode, answer.json().error]).toEqual([400, 'INVALID_REQUEST']);
  });

  it('say how they are, with counts that are real', async () => {
    await call(people.user, 'GET', '/requests');
    const status = await call(operator, 'GET', '/tenants/acme/status');
    expect(status.statusCode).toBe(200);
    const { people: seen, policies } = await test.stores.tenants.counts('acme');
    expect(status.json()).toEqual({
      id: 'acme',
      name: 'Acme',
      status: 'active',
      gatewayInstances: 1,
      connectorCount: 1,
      policyCount: policies,
      userCount: seen,
      createdAt: (await test.stores.tenants.read('acme'))?.createdAt,
    });
    expect(seen).toBeGreaterThan(0);
    expect(policies).toBeGreaterThan(1);
    const none = await call(operator, 'GET', '/tenants/initech/status');
    expect([none.statusCode, none.json().error]).toEqual([404, 'tenant_not_found']);
  });

  it('belong to the admins of the operator tenant alone', async () => {
    for (const person of [people.user, people.lead, people.admin]) {
      for (const path of ['/tenants', '/tenants/acme/status']) {
        expect((await call(person, 'GET', path)).json().error).toBe('forbidden');
      }
      expect((await call(person, 'POST', '/tenants', { id: 'mine', name: 'x' })).json().error).toBe(
        'forbidden',
      );
    }
  });

  it('change only in what is named', async () => {
    const changed = await call(operator, 'PUT', '/tenants/acme', { domains: ['acme.example'] });
    expect(changed.json()).toMatchObject({ name: 'Acme', domains: ['acme.example'] });
    expect((await call(operator, 'PUT', '/tenants/acme', {})).json()).toEqual(changed.json());
  });
});

describe('a suspended tenant', () => {
  const reason = { reason: 'Not paid.' };

  it('takes no new work, lets its people look, and goes on when it is resumed', async () => {
    const before = await call(people.user, 'POST', '/requests', {
      text: 'comment on acme/website#7: Fixed in 2.1',
    });
    expect(before.statusCode).toBe(202);
    const suspended = await call(operator, 'POST', '/tenants/acme/suspend', reason);
    expect(suspended.json()).toMatchObject({ id: 'acme', status: 'suspended' });
    expect((await call(operator, 'POST', '/tenants/acme/suspend', reason)).statusCode).toBe(200);
    const refused = await call(people.user, 'POST', '/requests', {
      text: 'list the open issues of acme/website',
    });
    expect([refused.statusCode, refused.json().error]).toEqual([403, 'TENANT_SUSPENDED']);
    const withdrawn = await call(people.user, 'POST', `/requests/${before.json().id}/withdraw`);
    expect(withdrawn.json().error).toBe('TENANT_SUSPENDED');
    expect((await call(people.user, 'GET', '/requests')).json().requests).toHaveLength(1);
    expect(await test.gateway.loops.sweep()).toBe(0);
    const resumed = await call(operator, 'POST', '/tenants/acme/resume', reason);
    expect(resumed.json()).toMatchObject({ status: 'active' });
    const taken = await call(people.user, 'POST', '/requests', {
      text: 'list the open issues of acme/website',
    });
    expect(taken.statusCode).toBe(202);
    expect(await events('tenant.suspended')).toEqual(['tenant acme: Not paid.']);
    expect(await events('tenant.resumed')).toEqual(['tenant acme: Not paid.']);
  });

  it('is never the operator itself, and nothing is resumed that works', async () => {
    const own = await call(operator, 'POST', '/tenants/globex/suspend', reason);
    expect([own.statusCode, own.json().error]).toEqual([409, 'TENANT_NOT_READY']);
    expect((await call(operator, 'DELETE', '/tenants/globex', reason)).json().error).toBe('TENANT_NOT_READY');
    expect((await call(operator, 'POST', '/tenants/acme/resume', reason)).statusCode).toBe(200);
    expect((await call(operator, 'POST', '/tenants/acme/restore', reason)).json().error).toBe(
      'TENANT_NOT_READY',
    );
  });

  it('needs a reason', async () => {
    for (const body of [{}, { reason: '' }, { reason: ' ' }]) {
      expect((await call(operator, 'POST', '/tenants/acme/suspend', body)).statusCode).toBe(400);
    }
  });
});

describe('a tenant that is to be deleted', () => {
  it('stands still for the waiting time and can be called back to what it was', async () => {
    const reason = { reason: 'Contract ended.' };
    await call(operator, 'POST', '/tenants/acme/suspend', reason);
    const asked = await call(operator, 'DELETE', '/tenants/acme', reason);
    expect(asked.statusCode).toBe(202);
    const { status, delete_at: deleteAt } = asked.json();
    expect(status).toBe('deleting');
    expect(Date.parse(deleteAt) - Date.now()).toBeGreaterThan(50_000);
    const repeated = await call(operator, 'DELETE', '/tenants/acme', reason);
    expect(repeated.json()).toEqual(asked.json());
    const refused = await call(people.user, 'POST', '/requests', {
      text: 'list the open issues of acme/website',
    });
    expect(refused.json().error).toBe('TENANT_SUSPENDED');
    const restored = await call(operator, 'POST', '/tenants/acme/restore', reason);
    expect(restored.json()).toMatchObject({ status: 'suspended', delete_at: null });
    await call(operator, 'POST', '/tenants/acme/resume', reason);
    expect((await call(people.user, 'GET', '/requests')).statusCode).toBe(200);
  });

  it('can be called back though it is due, until its destruction has begun', async () => {
    const reason = { reason: 'Renewed.' };
    const { tenants } = test.stores;
    const isDue = async () => tenants.step('acme', { from: ['active'], to: 'deleting', waitMs: 0 });
    expect(await isDue()).toBe(true);
    const restored = await call(operator, 'POST', '/tenants/acme/restore', reason);
    expect(restored.json()).toMatchObject({ status: 'active', delete_at: null });

    const id = ownId();
    await tenants.add({ id, name: 'Initech', domains: [], oidcIssuer: null });
    await tenants.step(id, { from: ['provisioning'], to: 'active' });
    await tenants.step(id, { from: ['active'], to: 'deleting', waitMs: 0 });
    expect(await tenants.beginDestroying(id)).toBe(true);
    const late = await call(operator, 'POST', `/tenants/${id}/restore`, reason);
    expect([late.statusCode, late.json().error]).toEqual([409, 'TENANT_NOT_READY']);
    expect((await tenants.read(id))?.status).toBe('deleting');
    expect(await events('tenant.restored')).not.toContain(`tenant ${id}: Renewed.`);
  });

  it('is not deleted while a legal hold keeps its data, which its admins place and release to the last', async () => {
    const reason = { reason: 'Contract ended.' };
    const hold = async () =>
      (await call(people.admin, 'POST', '/legal-holds', { reason: 'a case' })).json().id;
    const release = (id: string) => call(people.admin, 'DELETE', `/legal-holds/${id}`, { reason: 'settled' });
    const ask = async () => {
      const { statusCode, ...answer } = await call(operator, 'DELETE', '/tenants/acme', reason);
      return [statusCode, answer.json().error, answer.json().detail];
    };
    const first = await hold();
    expect(await ask()).toEqual([409, 'TENANT_HELD', { holds: [first] }]);
    expect(await test.stores.tenants.read('acme')).toMatchObject({ status: 'active' });
    await release(first);
    expect(await ask()).toEqual([202, undefined, undefined]);
    const second = await hold();
    expect(await ask()).toEqual([409, 'TENANT_HELD', { holds: [second] }]);
    expect((await release(second)).statusCode).toBe(200);
    expect((await call(operator, 'POST', '/tenants/acme/restore', reason)).statusCode).toBe(200);
  });
});
