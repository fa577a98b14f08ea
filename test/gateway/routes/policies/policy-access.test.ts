import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPolicyScene, orgAdmin, type PolicyScene, seller } from '../../../support/policy-scene.ts';
import { people, type TestPerson } from '../../../support/test-gateway.ts';

let scene: PolicyScene;

beforeAll(async () => {
  scene = await openPolicyScene();
});
afterAll(() => scene?.close());

describe('who may', () => {
  const own = (person: TestPerson, status = 'active') => ({
    name: 'My own',
    domain: 'actions',
    scope: { level: 'user', user_id: person.sub },
    status,
    rules: { action_overrides: { github_issue_comment: 'block' } },
    change_reason: 'I never comment',
  });
  const at = (level: string, org_unit: string) => ({
    name: 'Place',
    domain: 'data',
    scope: { level, org_unit },
    rules: {},
    change_reason: 'x',
  });

  it('write where: own for all, the team for leads, the org for org admins, everything for admins', async () => {
    const enterprise = { ...at('enterprise', ''), scope: { level: 'enterprise' } };
    const tries: [TestPerson, object, number][] = [
      [people.user, own(people.user, 'draft'), 201],
      [people.user, own(people.peer, 'draft'), 403],
      [people.user, at('team', 'engineering/web'), 403],
      [people.lead, own(people.user, 'draft'), 201],
      [people.lead, own(seller, 'draft'), 403],
      [
        people.lead,
        { ...own(seller), scope: { level: 'user', user_id: seller.sub, org_unit: 'engineering' } },
        403,
      ],
      [people.lead, at('team', 'engineering/web'), 201],
      [people.lead, at('team', 'sales'), 403],
      [people.lead, at('org', 'engineering'), 403],
      [orgAdmin, at('org', 'engineering'), 201],
      [orgAdmin, at('org', 'sales'), 403],
      [orgAdmin, enterprise, 403],
      [people.admin, enterprise, 201],
      [people.admin, at('org', 'sales'), 201],
    ];
    for (const [person, body, status] of tries) {
      const answer = await scene.call(person, 'POST /policies', body);
      expect([person.sub, body, answer.status]).toEqual([person.sub, body, status]);
      if (status === 403) expect(answer.body).toEqual({ error: 'forbidden', message: expect.any(String) });
    }
  });

  it("has a person's policy held against the levels above the unit they are in", async () => {
    const { body } = await scene.call(people.peer, 'POST /policies', own(people.peer));
    expect(body.scope).toEqual({ level: 'user', org_unit: people.peer.orgUnit, user_id: people.peer.sub });
    const elsewhere = {
      ...own(people.user),
      scope: { level: 'user', user_id: people.user.sub, org_unit: 'sales' },
    };
    expect((await scene.call(people.admin, 'POST /policies', elsewhere)).status).toBe(400);
  });

  it('reads what holds for them or is within reach; anything else is not there', async () => {
    const sales = (
      await scene.call(people.admin, 'POST /policies', { ...at('team', 'sales/emea'), status: 'active' })
    ).body;
    const web = (
      await scene.call(people.admin, 'POST /policies', { ...at('team', 'engineering/web'), status: 'active' })
    ).body;
    const missing = await scene.call(people.user, 'GET /policies/pol_00000000000000000000000000');
    for (const line of [
      'GET /policies/ID',
      'GET /policies/ID/versions',
      'GET /policies/ID/diff?from=1&to=1',
    ]) {
      const hidden = await scene.call(people.user, line.replace('ID', sales.id));
      expect(hidden).toEqual(missing);
      expect((await scene.call(people.user, line.replace('ID', web.id))).status).toBe(200);
    }
    const change = { change_reason: 'x' };
    expect(await scene.call(people.user, `PUT /policies/${sales.id}`, change)).toEqual(missing);
    expect(await scene.call(people.user, `DELETE /policies/${sales.id}`, change)).toEqual(missing);
    expect((await scene.call(people.user, `PUT /policies/${web.id}`, change)).status).toBe(403);
    const ids = async (person: TestPerson) =>
      (await scene.call(person, 'GET /policies')).body.policies.map(({ id }: { id: string }) => id);
    expect(await ids(people.user)).toContain(web.id);
    expect(await ids(people.user)).not.toContain(sales.id);
    expect(await ids(people.admin)).toEqual(expect.arrayContaining([web.id, sales.id]));
    expect(await ids(people.stranger)).not.toContain(web.id);
  });

  it('filters the list', async () => {
    const { body } = await scene.call(
      people.admin,
      'GET /policies?domain=actions&scope_level=enterprise&status=active',
    );
    expect(body.total).toBe(1);
    expect(body.policies).toMatchObject([
      { domain: 'actions', scope: { level: 'enterprise' }, status: 'active' },
    ]);
    expect((await scene.call(people.admin, 'GET /policies?org_unit=nowhere')).body).toEqual({
      policies: [],
      total: 0,
    });
    expect((await scene.call(people.admin, 'GET /policies?domain=agent-to-agent')).status).toBe(200);
  });

  it('comes in pages of what the person may read', async () => {
    const pages = async (person: TestPerson) => {
      const all = (await scene.call(person, 'GET /policies')).body;
      const two = await Promise.all([
        scene.call(person, 'GET /policies?limit=2'),
        scene.call(person, `GET /policies?limit=1000&offset=2`),
      ]);
      expect(two.map(({ body }) => body.total)).toEqual([all.total, all.total]);
      expect(two.flatMap(({ body }) => body.policies)).toEqual(all.policies);
      expect(all.policies).toHaveLength(all.total);
      return all.total;
    };
    expect(await pages(people.user)).toBeLessThan(await pages(people.admin));
    const beyond = (await scene.call(people.user, 'GET /policies?offset=100000')).body;
    expect(beyond.policies).toEqual([]);
    expect(beyond.total).toBeGreaterThan(0);
  });

  it('of a domain a person has five of, until one ends', async () => {
    const mine = (more: object = {}) =>
      scene.call(people.peer, 'POST /policies', {
        ...at('user', ''),
        scope: { level: 'user', user_id: people.peer.sub },
        ...more,
      });
    const first = await mine({ status: 'active' });
    const drafts = await Promise.all(Array.from({ length: 5 }, () => mine()));
    const answers = [first, ...drafts].map(({ status, body }) => [status, body.error]);
    expect(answers.toSorted()).toEqual([
      ...Array.from({ length: 5 }, () => [201, undefined]),
      [409, 'POLICY_LIMIT_REACHED'],
    ]);
    expect((await mine({ domain: 'features', rules: {} })).status).toBe(201);
    const change = { change_reason: 'x' };
    expect((await scene.call(people.peer, `PUT /policies/${first.body.id}`, change)).status).toBe(200);
    expect((await mine()).status).toBe(409);
    expect((await scene.call(people.peer, `DELETE /policies/${first.body.id}`, change)).status).toBe(200);
    expect((await mine()).status).toBe(201);
  });

  it('is on record when somebody tried what is not theirs', async () => {
    const { id } = await scene.teamPolicy();
    await scene.call(people.user, `DELETE /policies/${id}`, { change_reason: 'away with it' });
    const refused = (await scene.entriesOf(id)).filter(({ outcome }) => outcome === 'denied');
    expect(refused.map(({ userId }) => userId)).toEqual([people.user.sub]);
  });
});
