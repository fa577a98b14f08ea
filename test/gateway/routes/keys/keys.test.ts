import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keysView } from '#domain/key/keys.schema.ts';
import { viewOfKeys } from '#gateway/routes/keys/keys-view.ts';
import { entriesOf } from '../../../support/audit-entries.ts';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

describe('the state of the keys', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await openTestGateway({ OPERATOR_TENANT: 'acme' });
  });
  afterAll(() => gateway?.close());

  it('is told to the operator, without any key, and is on record', async () => {
    await gateway.stores.dataKeys.ready('globex');
    const answer = await gateway.as(people.admin, { url: '/api/v1/keys' });
    expect(answer.statusCode).toBe(200);
    const view = keysView.parse(answer.json());
    expect(view.keys).toBeGreaterThan(1);
    expect(view.rewrapped).toBe(view.keys);
    expect(view.master_keys).toEqual([
      { id: view.active_master_key, in_file: true, wraps: view.keys, removable: false },
    ]);
    const entries = await entriesOf(gateway.stores, 'acme', { userId: people.admin.sub });
    expect(entries.map(({ event }) => event)).toContain('keys.read');
  });

  it.each([people.stranger, people.lead, people.user])('is nobody else’s business: $sub', async (person) => {
    expect((await gateway.as(person, { url: '/api/v1/keys' })).statusCode).toBe(403);
  });
});

describe('a former master key', () => {
  const wrapped = { activeMasterKey: 'm2', byMasterKey: [{ masterKey: 'm2', keys: 3 }], destroyed: 1 };

  it('can leave the file once it wraps nothing and is kept', () => {
    expect(viewOfKeys({ ...wrapped, neededMasterKeys: [], keptMasterKeys: ['m1'] }, ['m1', 'm2'])).toEqual({
      active_master_key: 'm2',
      keys: 3,
      rewrapped: 3,
      destroyed: 1,
      master_keys: [
        { id: 'm1', in_file: true, wraps: 0, removable: true },
        { id: 'm2', in_file: true, wraps: 3, removable: false },
      ],
    });
  });

  it('has to stay while it is not kept, or wraps something', () => {
    const removable = (view: ReturnType<typeof viewOfKeys>) =>
      view.master_keys.filter((one) => one.removable).map(({ id }) => id);
    expect(
      removable(viewOfKeys({ ...wrapped, neededMasterKeys: [], keptMasterKeys: [] }, ['m1', 'm2'])),
    ).toEqual([]);
    const byMasterKey = [
      { masterKey: 'm1', keys: 1 },
      { masterKey: 'm2', keys: 2 },
    ];
    expect(
      removable(
        viewOfKeys({ ...wrapped, byMasterKey, neededMasterKeys: [], keptMasterKeys: ['m1'] }, ['m1', 'm2']),
      ),
    ).toEqual([]);
  });

  it('that is needed and not in the file is named', () => {
    const view = viewOfKeys(
      { ...wrapped, byMasterKey: [{ masterKey: 'm1', keys: 2 }], neededMasterKeys: [], keptMasterKeys: [] },
      ['m2'],
    );
    expect(view.master_keys[0]).toEqual({ id: 'm1', in_file: false, wraps: 2, removable: false });
    expect([view.keys, view.rewrapped]).toEqual([2, 0]);
  });
});
