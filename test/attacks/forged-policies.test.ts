import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyView } from '#domain/policy/change.schema.ts';
import { createReconcile } from '#governance/upkeep/reconcile.ts';
import { policySetDigest } from '#stores/policy/signed-set.ts';
import { openPolicyScene, type PolicyScene, seller } from '../support/policy-scene.ts';
import { loginAsTenant } from '../support/tenant-login.ts';
import { people } from '../support/test-gateway.ts';

let scene: PolicyScene;
let login: pg.Client;

beforeAll(async () => {
  scene = await openPolicyScene();
  login = await loginAsTenant(scene.gateway.databases.databaseUrl, 'acme');
});
afterAll(async () => {
  await login?.end();
  await scene?.close();
});

const { admin } = people;
const wide = { default_autonomy: 'autonomous' };
/** Every column but those that a forgery sets. */
const rest =
  'name, domain, level, org_unit, user_id, rules, may_grant, change_reason, created_by, created_at';

interface Forgery {
  version: number;
  /** What is inserted beside id and version, in place of what the true version has. */
  set?: Readonly<Record<string, string>>;
  /** What is done to the row then. */
  after?: string;
}

const plain = { rules: JSON.stringify(wide), may_grant: JSON.stringify(wide) };
const key = { key_id: '(SELECT key_id FROM policies WHERE signature IS NOT NULL LIMIT 1)' };
const ownSignature = '(SELECT signature FROM policies WHERE id = $1 AND version = 1)';
const otherSignature = '(SELECT signature FROM policies WHERE id <> $1 AND signature IS NOT NULL LIMIT 1)';

/** Rows that whoever has the runtime login can put beside version 1; literal JSON unless it is in brackets. */
const forgeries: Readonly<Record<string, Forgery>> = {
  'a draft': { version: 2, set: plain },
  'the newest, deprecated': { version: 2, set: plain, after: `status = 'deprecated'` },
  'of a huge version': { version: 2 ** 31 - 1, set: plain },
  'with a unit of its own': { version: 2, set: { ...plain, org_unit: 'sales' } },
  'of another domain': { version: 2, set: { ...plain, domain: 'data', rules: '{}', may_grant: '{}' } },
  'of a person': { version: 2, set: { ...plain, level: 'user', user_id: 'acme-sales' } },
  'with the signature of version 1': { version: 2, set: { ...plain, ...key, signature: ownSignature } },
  'with the content and signature of version 1': { version: 2, set: { ...key, signature: ownSignature } },
  'with the signature of another policy': {
    version: 2,
    set: { ...plain, ...key, signature: otherSignature },
  },
  'with a made-up signature': { version: 2, set: { ...plain, key_id: 'vote-1', signature: 'x' } },
  'nested deeply': { version: 2, set: { rules: `{"a":${'['.repeat(2_000)}${']'.repeat(2_000)}}` } },
};
/** What the set that is signed as a whole sees. */
const inForce: Readonly<Record<string, Forgery>> = {
  'in force': { version: 2, set: plain, after: `status = 'active'` },
  'a canary': { version: 2, set: plain, after: 'canary' },
};

async function forge(id: string, { version, set = {}, after }: Forgery): Promise<void> {
  const columns = rest.split(', ');
  const values: unknown[] = [id, version];
  const named = new Set([...columns, ...Object.keys(set)]);
  const sources = [...named].map((column) => {
    const value = set[column];
    if (value === undefined) return column;
    if (value.startsWith('(')) return value;
    values.push(value);
    return `$${values.length}${column === 'rules' || column === 'may_grant' ? '::jsonb' : ''}`;
  });
  await login.query(
    `INSERT INTO policies (id, version, status, ${[...named].join(', ')})
     SELECT $1, $2, 'draft', ${sources.join(', ')} FROM policies WHERE id = $1 AND version = 1`,
    values,
  );
  if (after === 'canary')
    await login.query(`INSERT INTO policy_canaries VALUES ($1, $2, '["acme-user"]')`, [id, version]);
  else if (after !== undefined)
    await login.query(`UPDATE policies SET ${after} WHERE id = $1 AND version = $2`, [id, version]);
}

/** A true draft of a team, at a place of its own, under the enterprise's ceiling. */
let places = 0;
async function trueDraft(): Promise<PolicyView> {
  places += 1;
  return scene.draft(
    { default_autonomy: 'approve' },
    { scope: { level: 'team', org_unit: `engineering/forged/${places}` } },
  );
}

const change_reason = 'as every day';
type Answer = Awaited<ReturnType<PolicyScene['call']>>;
const call = (line: string, body?: object) => scene.call(admin, line, body);

/** What the true version says, and nothing of the forged one. */
const ofTruth = { rules: { default_autonomy: 'approve' }, may_grant: null };

interface Use {
  ask(id: string, forged: number): Promise<Answer>;
  expect: object;
}

/** What people do with a policy whose newest version is forged. */
const uses: Readonly<Record<string, Use>> = {
  edit: {
    ask: (id) => call(`PUT /policies/${id}`, { name: 'Edited', change_reason }),
    expect: { status: 200, body: { ...ofTruth, status: 'draft', based_on: 1 } },
  },
  'edit and put in force': {
    ask: (id) => call(`PUT /policies/${id}`, { status: 'active', change_reason }),
    expect: { status: 200, body: { ...ofTruth, status: 'active' } },
  },
  activate: {
    ask: (id) => call(`POST /policies/${id}/activate`, { change_reason }),
    expect: { status: 200, body: { ...ofTruth, version: 1, status: 'active' } },
  },
  'activate the forged': {
    ask: (id, version) => call(`POST /policies/${id}/activate`, { version, change_reason }),
    expect: { status: 409, body: { error: 'POLICY_UNPROVEN' } },
  },
  canary: {
    ask: (id) => call(`POST /policies/${id}/canary`, { user_ids: ['acme-user'], change_reason }),
    expect: { status: 200, body: { ...ofTruth, version: 1, canary: { users: 1 } } },
  },
  'canary of the forged': {
    ask: (id, version) =>
      call(`POST /policies/${id}/canary`, { version, user_ids: ['acme-user'], change_reason }),
    expect: { status: 409, body: { error: 'POLICY_UNPROVEN' } },
  },
  'roll back': {
    ask: (id) => call(`POST /policies/${id}/rollback`, { to_version: 1, change_reason }),
    expect: { status: 200, body: { ...ofTruth, status: 'draft', based_on: 1 } },
  },
  'roll back to the forged': {
    ask: (id, to_version) => call(`POST /policies/${id}/rollback`, { to_version, change_reason }),
    expect: { status: 409, body: { error: 'POLICY_UNPROVEN' } },
  },
  impact: {
    ask: (id) => call(`POST /policies/${id}/impact`, {}),
    expect: { status: 200, body: { widening: false } },
  },
  'impact of the forged': {
    ask: (id, version) => call(`POST /policies/${id}/impact`, { version }),
    expect: { status: 409, body: { error: 'POLICY_UNPROVEN' } },
  },
  show: {
    ask: (id) => call(`GET /policies/${id}`),
    expect: { status: 200, body: { ...ofTruth, version: 1 } },
  },
  'show the forged': {
    ask: (id, version) => call(`GET /policies/${id}?version=${version}`),
    expect: { status: 200, body: { unproven: true } },
  },
  versions: {
    ask: (id) => call(`GET /policies/${id}/versions`),
    expect: { status: 200, body: { versions: [{ unproven: true }, { version: 1 }] } },
  },
  diff: {
    ask: (id, to) => call(`GET /policies/${id}/diff?from=1&to=${to}`),
    expect: { status: 200 },
  },
  deprecate: {
    ask: (id) => call(`DELETE /policies/${id}`, { change_reason }),
    expect: { status: 200, body: { version: 1, status: 'deprecated' } },
  },
};

/** Those that change something get a policy of their own; the others share one. */
const isChange = ([name, { expect: expected }]: [string, Use]) =>
  'status' in expected && expected.status === 200 && !/^(impact|show|versions|diff)/.test(name);
const changing = Object.entries(uses).filter(isChange);
const looking = Object.entries(uses).filter((use) => !isChange(use));
const cells = Object.entries(forgeries).flatMap(([kind, forgery]) => [
  ...changing.map((use) => ({ kind, forgery, what: use[0], now: [use] })),
  { kind, forgery, what: 'what changes nothing', now: looking },
]);

describe('a version that nothing proves', () => {
  it.each(cells)('$kind: $what', async ({ forgery, now }) => {
    const { id } = await trueDraft();
    await forge(id, forgery);
    for (const [name, { ask, expect: expected }] of now) {
      const { status, body } = await ask(id, forgery.version);
      expect({ name, status, body }).toMatchObject(expected);
      if (!body.unproven) expect(JSON.stringify(body.may_grant ?? null)).not.toContain('autonomous');
    }
    // Whatever was done: what is proven stays so, and the forged row is named.
    const { body } = await call(`GET /policies/${id}/versions`);
    const versions: PolicyView[] = body.versions;
    const named = versions.filter(({ unproven }) => unproven).map(({ version }) => version);
    expect(named).toEqual([forgery.version]);
  });

  it.each(Object.entries(forgeries))(
    '%s: stands in a list beside the true one, under every filter',
    async (_, forgery) => {
      const { id } = await trueDraft();
      await forge(id, forgery);
      const found = async (query: string) => {
        const { status, body } = await call(`GET /policies?limit=1000${query}`);
        expect(status).toBe(200);
        const policies: PolicyView[] = body.policies;
        return policies
          .filter((one) => one.id === id)
          .map(({ version, unproven = false }) => ({ version, unproven }));
      };
      const truth = { version: 1, unproven: false };
      expect(await found('')).toEqual([truth, { version: forgery.version, unproven: true }]);
      expect(await found('&status=draft')).toContainEqual(truth);
      expect(await found('&domain=actions&scope_level=team')).toContainEqual(truth);
    },
  );
});

describe('a forged version that is in force', () => {
  const dangerous = Object.entries(uses).filter(
    ([, { expect: expected }]) =>
      JSON.stringify(expected).includes('active') || JSON.stringify(expected).includes('canary'),
  );

  it.each(Object.entries(inForce))(
    '%s: nothing of it is followed, and an operator ends it',
    async (_, forgery) => {
      const { id } = await trueDraft();
      const other = await trueDraft();
      await forge(id, forgery);
      for (const [, { ask }] of dangerous) {
        expect(await ask(id, forgery.version)).toMatchObject({ status: 409 });
      }
      expect(await uses['activate']?.ask(other.id, 0)).toMatchObject({
        status: 409,
        body: { error: 'POLICY_SET_REFUSED' },
      });
      expect(await uses['impact']?.ask(other.id, 0)).toMatchObject({
        status: 409,
        body: { error: 'POLICY_SET_REFUSED' },
      });
      // Drafts go on, from what is proven.
      expect(await uses['edit']?.ask(id, 0)).toMatchObject(uses['edit']?.expect ?? {});
      const { stores } = scene.gateway;
      const { active } = await stores.policies.ground('acme');
      await stores.policies.signAsIs('acme', {
        digest: policySetDigest(active),
        beforeCommit: async () => {},
      });
      expect(await uses['activate']?.ask(other.id, 0)).toMatchObject({ status: 200 });
      await scene.end(other.id);
    },
  );
});

describe('an administrator who edits the enterprise’s policy', () => {
  it('takes over no ceiling that somebody put in, and signs none', async () => {
    const before = (await call('GET /policies/pol_actions')).body;
    await login.query(
      `INSERT INTO policies (id, version, status, ${rest})
       SELECT id, $2, 'draft', name, domain, level, org_unit, user_id, rules, $3, change_reason, created_by, created_at
       FROM policies WHERE id = $1 AND version = $4`,
      [before.id, before.version + 1, JSON.stringify(wide), before.version],
    );
    const change = { name: 'Actions', status: 'active', change_reason };
    const { status, body } = await call(`PUT /policies/${before.id}`, change);
    expect(body.may_grant).toEqual(before.may_grant);
    expect({ status, body }).toMatchObject({ status: 200, body: { based_on: before.version } });
    const { active } = await scene.gateway.stores.policies.ground('acme');
    expect(active.find(({ id }) => id === before.id)?.mayGrant).toEqual(before.may_grant);
  });
});

describe('status', () => {
  it('names a draft that nothing proves to administrators, until it has ended', async () => {
    const { id } = await trueDraft();
    await forge(id, { version: 5, set: plain });
    const problems = async () => JSON.stringify((await call('GET /status/problems')).body.problems);
    // A look is kept for half a minute: another gateway has none yet.
    const { app } = await scene.gateway.reopen({});
    try {
      const words = (await app.inject({ url: '/api/v1/status' })).body;
      expect(JSON.parse(words)).toMatchObject({ components: { policyEngine: 'unhealthy' } });
      expect(words).not.toContain(id);
    } finally {
      await app.close();
    }
    expect(await problems()).toContain('nothing proves who wrote');
    expect(await call(`DELETE /policies/${id}`, { change_reason })).toMatchObject({ status: 200 });
    expect(await scene.gateway.stores.policies.unproven('acme', { onlyLiving: true })).not.toContain(
      `${id}@5`,
    );
  });
});

describe('the reconciler', () => {
  it('tells of each once', async () => {
    const { stores } = scene.gateway;
    const reconcile = createReconcile({ ...stores, now: () => new Date(), overdueAfterMs: 3_600_000 });
    const { id } = await trueDraft();
    await forge(id, { version: 9, set: { ...plain, created_at: '2020-01-01' } });
    const told = async () =>
      (await reconcile('acme')).filter(({ kind }) => kind === 'policy_unproven').map(({ ref }) => ref);
    expect(await told()).toContain(`${id}@9`);
    expect(await told()).toEqual([]);
  });
});

describe('whoever has the runtime login', () => {
  it('ends no policy by a status, neither a draft nor what was never there', async () => {
    const { id } = await trueDraft();
    await login.query(`UPDATE policies SET status = 'deprecated' WHERE id = $1`, [id]);
    const edited = await call(`PUT /policies/${id}`, { name: 'Lives on', change_reason });
    expect(edited).toMatchObject({ status: 200, body: { version: 2, status: 'draft' } });
    expect(await call(`DELETE /policies/${id}`, { change_reason })).toMatchObject({ status: 200 });
    const over = await call(`PUT /policies/${id}`, { name: 'Over', change_reason });
    expect(over).toMatchObject({ status: 409, body: { error: 'POLICY_DEPRECATED' } });
  });

  it('makes a policy that nobody follows, and that an administrator ends', async () => {
    const { id } = await trueDraft();
    const made = `${id}x`.slice(0, 64);
    await login.query(
      `INSERT INTO policies (id, version, status, ${rest}) SELECT $2, 1, 'draft', ${rest} FROM policies WHERE id = $1`,
      [id, made],
    );
    expect(await call(`GET /policies/${made}`)).toMatchObject({ status: 200, body: { unproven: true } });
    const refused = { status: 409, body: { error: 'POLICY_UNPROVEN' } };
    expect(await uses['edit']?.ask(made, 1)).toMatchObject(refused);
    expect(await uses['activate']?.ask(made, 1)).toMatchObject(refused);
    expect(await uses['deprecate']?.ask(made, 1)).toMatchObject({ status: 200, body: { unproven: true } });
  });

  it('puts no policy into the mouth of a person whose data are exported', async () => {
    const { id } = await trueDraft();
    await forge(id, { version: 3, set: { ...plain, created_by: people.user.sub } });
    const rows = await scene.gateway.stores.userData.policies('acme', people.user.sub);
    expect(rows.filter((row) => row['id'] === id)).toMatchObject([{ version: 3, unproven: true }]);
    const ours = await scene.gateway.stores.userData.policies('acme', admin.sub);
    expect(ours.find((row) => row['id'] === id)).not.toHaveProperty('unproven');
  });

  it.each([
    [
      'be born as ended',
      `INSERT INTO policies SELECT id, 77, name, domain, level, org_unit, user_id, 'deprecated', rules, may_grant, change_reason, created_by, created_at FROM policies WHERE id = $1`,
    ],
    ['take a proof away', 'UPDATE policies SET key_id = NULL, signature = NULL WHERE id = $1'],
    ['spoil a proof', `UPDATE policies SET signature = 'x' WHERE id = $1`],
    ['change what it says', `UPDATE policies SET may_grant = '{}' WHERE id = $1`],
    [
      'be dated where nobody can read it',
      `INSERT INTO policies SELECT id, 78, name, domain, level, org_unit, user_id, status, rules, may_grant, change_reason, created_by, 'infinity' FROM policies WHERE id = $1`,
    ],
    [
      'have versions from before signed once more',
      'UPDATE policy_revision SET versions_signed_at = NULL WHERE $1::text IS NOT NULL',
    ],
    ['use up the revisions', 'UPDATE policy_revision SET revision = 9e18::bigint WHERE $1::text IS NOT NULL'],
    [
      'use up the numbers of settings',
      'UPDATE policy_settings SET n = 9e18::bigint WHERE $1::text IS NOT NULL',
    ],
  ])('lets no version %s', async (_, statement) => {
    const { id } = await trueDraft();
    await expect(login.query(statement, [id])).rejects.toThrow(
      /begins as|signed once|never changes|permission denied|violates check|never go|goes back/,
    );
  });

  it('keeps nobody from policies of their own', async () => {
    const scope = { level: 'user', user_id: seller.sub };
    const mine = {
      name: 'Mine',
      domain: 'actions',
      scope,
      rules: { default_autonomy: 'block' },
      change_reason,
    };
    const first = await scene.call(seller, 'POST /policies', mine);
    expect(first.status).toBe(201);
    for (let n = 0; n < 6; n += 1)
      await login.query(
        `INSERT INTO policies (id, version, status, ${rest}) SELECT $2, 1, 'draft', ${rest} FROM policies WHERE id = $1`,
        [first.body.id, `pol_forged_${n}`],
      );
    await login.query(
      `INSERT INTO policies (id, version, status, ${rest}) SELECT id, n, 'draft', ${rest}
       FROM policies, generate_series(2, 1100) AS n WHERE id = $1 AND version = 1`,
      [first.body.id],
    );
    const second = await scene.call(seller, `PUT /policies/${first.body.id}`, {
      name: 'More',
      change_reason,
    });
    expect(second).toMatchObject({ status: 200, body: { version: 1_101, based_on: 1 } });
    expect((await scene.call(seller, 'POST /policies', mine)).status).toBe(201);
  });

  it('takes no review away, and confirms nothing', async () => {
    const settings = async () => (await call('GET /policies/settings')).body.policy_change_review;
    expect(await settings()).toBe('off');
    const asked = { policy_change_review: 'widening', change_reason };
    expect((await call('PUT /policies/settings', asked)).status).toBe(200);
    await login.query(`UPDATE policy_settings SET change_review = 'off'`);
    expect(await settings()).toBe('all');
    await expect(login.query('UPDATE policy_settings SET key_id = NULL, signature = NULL')).rejects.toThrow();
    const { id } = await trueDraft();
    const activate = `POST /policies/${id}/activate`;
    expect(await call(activate, { change_reason })).toMatchObject({ status: 409 });
    // The digest of what it means, kept by nobody: with a window in which nothing was decided.
    const { digest } = await scene.impactOf(id);
    await login.query('DELETE FROM policy_previews');
    await login.query(
      `INSERT INTO policy_previews (preview_id, digest, from_at, to_at, after_decision, last_decision)
       VALUES ('prv_forged', $1, now() - interval '40 days', now(), 'dec_z', NULL)`,
      [digest],
    );
    expect(await call(activate, { change_reason, impact_digest: digest })).toMatchObject({
      status: 409,
      body: { error: 'POLICY_IMPACT_CHANGED' },
    });
    const looked = await scene.impactOf(id);
    expect(await call(activate, { change_reason, impact_digest: looked.digest })).toMatchObject({
      status: 200,
    });
    expect((await call('PUT /policies/settings', { ...asked, policy_change_review: 'off' })).status).toBe(
      200,
    );
    expect(await settings()).toBe('off');
  });
});
