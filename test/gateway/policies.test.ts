import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '#domain/audit.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { roleNames } from '#platform/database/names.ts';
import { openTestGateway, people, type TestGateway, type TestPerson } from './test-gateway.ts';

const orgAdmin = { sub: 'acme-org', tenant: 'acme', groups: ['org-admins'], orgUnit: 'engineering' };
const seller = { sub: 'acme-sales', tenant: 'acme', groups: ['openclaw-users'], orgUnit: 'sales' };

/** As seed 000 prints it. */
const engineeringGithubWrite = {
  name: 'Engineering GitHub Write',
  domain: 'integrations',
  scope: { level: 'org', org_unit: 'engineering' },
  status: 'active',
  rules: {
    allowed_connectors: ['gmail', 'gcal', 'jira', 'github', 'gdrive'],
    default_permission: 'read',
    connector_overrides: {
      github: {
        permission: 'read_write',
        allowed_operations: ['read_issues', 'read_prs', 'read_commits', 'comment_issue', 'comment_pr'],
      },
    },
  },
  change_reason: 'Enable GitHub issue/PR commenting for engineering org',
};

let gateway: TestGateway;
let unit = 0;

beforeAll(async () => {
  gateway = await openTestGateway({ RATE_LIMIT_POLICY_MUTATIONS: '10000', DATABASE_POOL_SIZE: '2' });
  // Whose unit it is comes from who has been seen.
  for (const person of [people.user, people.peer, people.lead, people.admin, orgAdmin, seller]) {
    await gateway.as(person, { url: '/api/v1/requests' });
  }
});
afterAll(() => gateway?.close());

async function call(
  person: TestPerson,
  line: string,
  payload?: object,
  headers: Record<string, string> = {},
) {
  const [method = 'GET', path = ''] = line.split(' ');
  const answer = await gateway.as(person, {
    method,
    url: `/api/v1${path}`,
    headers,
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.json(), etag: answer.headers['etag'] };
}

/** A team policy at a position of its own, below engineering. */
async function teamPolicy(more: object = {}) {
  unit += 1;
  const made = await call(people.admin, 'POST /policies', {
    name: 'Team actions',
    domain: 'actions',
    scope: { level: 'team', org_unit: `engineering/web/t${unit}` },
    status: 'active',
    rules: { default_autonomy: 'approve', action_overrides: { github_pr_close: 'block' } },
    change_reason: 'first',
    ...more,
  });
  expect(made.status).toBe(201);
  return made.body;
}

async function entriesOf(policyId: string): Promise<AuditEntry[]> {
  const { entries } = await gateway.stores.auditEntries.query('acme', {
    visibility: { kind: 'tenant' },
    filters: { actionType: 'policy_change' },
    limit: 500,
    offset: 0,
  });
  return entries.filter(({ metadata }) => metadata['policy_id'] === policyId);
}

describe('the documents', () => {
  it('are answered as they print it: seed 000 enables commenting', async () => {
    const { status, body, etag } = await call(people.stranger, 'POST /policies', engineeringGithubWrite);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...engineeringGithubWrite,
      scope: { level: 'org', org_unit: 'engineering', user_id: null },
      version: 1,
      may_grant: null,
      created_by: people.stranger.sub,
    });
    expect(body.id).toMatch(/^pol_/);
    expect(etag).toBe('"1-active"');
  });

  it('are answered as they print it: seed 000 disables a connector, and keeps what lower levels may grant', async () => {
    const before = (await call(people.stranger, 'GET /policies/pol_integrations')).body;
    const { status, body } = await call(people.stranger, 'PUT /policies/pol_integrations', {
      rules: { allowed_connectors: ['gmail', 'gcal', 'github', 'gdrive'], default_permission: 'read' },
      change_reason: 'Disable Jira connector pending OAuth token renewal',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: before.id, version: 2, status: 'active', may_grant: before.may_grant });
    expect(body.rules).toEqual({
      allowed_connectors: ['gmail', 'gcal', 'github', 'gdrive'],
      default_permission: 'read',
    });
  });
});

describe('the life of a policy', () => {
  it('begins as a draft when nothing else is said, which holds for nobody', async () => {
    const revision = (await gateway.stores.policies.active('acme')).revision;
    const { status: _, ...body } = await teamPolicy({ status: undefined });
    expect(body).toMatchObject({ version: 1 });
    expect((await call(people.admin, `GET /policies/${body.id}`)).body.status).toBe('draft');
    expect((await gateway.stores.policies.active('acme')).revision).toBe(revision);
  });

  it('goes from draft to active to deprecated, each version a row of its own', async () => {
    const { id } = await teamPolicy({ status: 'draft' });
    const edited = await call(people.admin, `PUT /policies/${id}`, {
      rules: { default_autonomy: 'block' },
      change_reason: 'stricter',
    });
    expect(edited.body).toMatchObject({ version: 2, status: 'draft' });
    const active = await call(people.admin, `POST /policies/${id}/activate`, { change_reason: 'agreed' });
    expect(active).toMatchObject({ status: 200, body: { version: 2, status: 'active' }, etag: '"2-active"' });
    const again = await call(people.admin, `POST /policies/${id}/activate`, { change_reason: 'agreed' });
    expect(again).toMatchObject({ status: 200, body: { version: 2, status: 'active' } });
    const ended = await call(people.admin, `DELETE /policies/${id}`, { change_reason: 'not needed' });
    expect(ended).toMatchObject({ status: 200, body: { version: 2, status: 'deprecated' } });
    const { versions } = (await call(people.admin, `GET /policies/${id}/versions`)).body;
    expect(versions.map((one: { version: number; status: string }) => [one.version, one.status])).toEqual([
      [2, 'deprecated'],
      [1, 'deprecated'],
    ]);
  });

  it('puts who, what, when and why on record, with a digest of the content', async () => {
    const { id } = await teamPolicy({ status: 'draft' });
    await call(people.admin, `PUT /policies/${id}`, { name: 'Renamed', change_reason: 'a better name' });
    await call(people.admin, `POST /policies/${id}/activate`, { change_reason: 'agreed' });
    await call(people.admin, `POST /policies/${id}/rollback`, { to_version: 1, change_reason: 'worse' });
    await call(people.admin, `DELETE /policies/${id}`, { change_reason: 'not needed' });
    const entries = (await entriesOf(id)).toReversed();
    expect(entries.map(({ event, outcome, userId }) => [event, outcome, userId])).toEqual(
      ['created', 'updated', 'activated', 'rolled_back', 'deprecated'].map((event) => [
        `policy.${event}`,
        'success',
        people.admin.sub,
      ]),
    );
    expect(entries.map(({ actionDetail }) => actionDetail.split(': ').at(-1))).toEqual([
      'first',
      'a better name',
      'agreed',
      'worse',
      'not needed',
    ]);
    const digests = entries.map(({ metadata }) => metadata['content_digest']);
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).not.toBe(digests[0]);
    expect(digests[3]).toBe(digests[0]);
  });

  it('never begins again once it has ended', async () => {
    const { id } = await teamPolicy();
    await call(people.admin, `DELETE /policies/${id}`, { change_reason: 'over' });
    const tries: [string, object][] = [
      [`POST /policies/${id}/activate`, { change_reason: 'again' }],
      [`POST /policies/${id}/activate`, { version: 1, change_reason: 'again' }],
      [`PUT /policies/${id}`, { status: 'active', change_reason: 'again' }],
      [`POST /policies/${id}/rollback`, { to_version: 1, change_reason: 'again' }],
      [`DELETE /policies/${id}`, { change_reason: 'again' }],
    ];
    for (const [line, body] of tries) {
      expect(await call(people.admin, line, body)).toMatchObject({
        status: 409,
        body: { error: 'POLICY_DEPRECATED' },
      });
    }
    const living = await teamPolicy();
    await call(people.admin, `PUT /policies/${living.id}`, { name: 'Second', change_reason: 'x' });
    const older = { version: 1, change_reason: 'again' };
    expect(await call(people.admin, `POST /policies/${living.id}/activate`, older)).toMatchObject({
      status: 409,
      body: { error: 'POLICY_DEPRECATED' },
    });
  });

  it('goes back by a new version with the old content', async () => {
    const first = await teamPolicy();
    await call(people.admin, `PUT /policies/${first.id}`, {
      name: 'Second',
      rules: { default_autonomy: 'block' },
      change_reason: 'stricter',
    });
    const back = await call(people.admin, `POST /policies/${first.id}/rollback`, {
      to_version: 1,
      change_reason: 'too strict',
    });
    expect(back.body).toMatchObject({ version: 3, status: 'active', name: first.name, rules: first.rules });
    // A draft that is newer does not keep what is in force from going back.
    await call(people.admin, `PUT /policies/${first.id}`, { status: 'draft', name: 'D', change_reason: 'x' });
    const past = { to_version: 2, change_reason: 'stricter again' };
    expect((await call(people.admin, `POST /policies/${first.id}/rollback`, past)).body).toMatchObject({
      version: 5,
      status: 'active',
      name: 'Second',
    });
    const none = { to_version: 9, change_reason: 'x' };
    expect((await call(people.admin, `POST /policies/${first.id}/rollback`, none)).status).toBe(404);
  });

  it('has room for one active policy of a domain at a position', async () => {
    const { scope } = await teamPolicy();
    const rival = await call(people.admin, 'POST /policies', {
      name: 'Rival',
      domain: 'actions',
      scope,
      status: 'active',
      rules: {},
      change_reason: 'mine',
    });
    expect(rival).toMatchObject({ status: 409, body: { error: 'POLICY_CONFLICT' } });
  });

  it('keeps to what the levels above grant, with every violation told', async () => {
    const { id } = await teamPolicy();
    const rules = {
      default_autonomy: 'autonomous',
      action_overrides: { github_issue_comment: 'autonomous', github_pr_close: 'notify' },
    };
    const refused = await call(people.admin, `PUT /policies/${id}`, { rules, change_reason: 'looser' });
    expect(refused).toMatchObject({ status: 400, body: { error: 'POLICY_HIERARCHY_VIOLATION' } });
    expect(refused.body.detail.length).toBeGreaterThan(1);
    expect(refused.body.detail.join()).toContain('less restrictive');
  });
});

describe('while audit can not be written', () => {
  it('no policy changes', async () => {
    const { id } = await teamPolicy();
    const before = await gateway.stores.policies.active('acme');
    const { auditAdminUrl, prefix } = gateway.databases;
    const onLedger = (grant: string) =>
      withAdmin(auditAdminUrl, (client) => client.query(`${grant} ${roleNames(prefix).app}`));
    await onLedger('REVOKE USAGE ON SCHEMA ledger FROM');
    try {
      const tries: [string, object][] = [
        [`PUT /policies/${id}`, { name: 'x', change_reason: 'x' }],
        [`DELETE /policies/${id}`, { change_reason: 'x' }],
        ['POST /policies', { ...engineeringGithubWrite, scope: { level: 'org', org_unit: 'unheard' } }],
      ];
      for (const [line, body] of tries) {
        expect(await call(people.admin, line, body)).toMatchObject({
          status: 503,
          body: { error: 'AUDIT_WRITE_FAILED' },
        });
      }
    } finally {
      await onLedger('GRANT USAGE ON SCHEMA ledger TO');
    }
    expect(await gateway.stores.policies.active('acme')).toEqual(before);
    expect(await gateway.stores.policies.list('acme', { orgUnit: 'unheard' })).toEqual([]);
  });
});

describe('two people at one policy', () => {
  it('a change that names what its author saw is refused once that has passed', async () => {
    const { id } = await teamPolicy();
    const seen = (await call(people.admin, `GET /policies/${id}`)).etag ?? '';
    const change = (name: string) =>
      call(people.admin, `PUT /policies/${id}`, { name, change_reason: 'x' }, { 'if-match': seen });
    expect((await change('one')).status).toBe(200);
    const late = await change('two');
    expect(late).toMatchObject({
      status: 412,
      body: { error: 'POLICY_CHANGED', detail: { version: 2, status: 'active' } },
    });
    expect((await call(people.admin, `GET /policies/${id}`)).body).toMatchObject({ name: 'one', version: 2 });
  });

  it('loses no edit when many come at once', async () => {
    const { id } = await teamPolicy();
    const names = Array.from({ length: 25 }, (_, index) => `edit ${String(index).padStart(2, '0')}`);
    const answers = await Promise.all(
      names.map((name) => call(people.admin, `PUT /policies/${id}`, { name, change_reason: name })),
    );
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.version)).size).toBe(names.length);
    const { versions } = (await call(people.admin, `GET /policies/${id}/versions`)).body;
    expect(versions.filter(({ status }: { status: string }) => status === 'active')).toHaveLength(1);
    expect(versions.map(({ name }: { name: string }) => name).toSorted()).toEqual(['Team actions', ...names]);
  });

  it('with the same tag, one wins and the others are told', async () => {
    const { id } = await teamPolicy();
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        call(
          people.admin,
          `PUT /policies/${id}`,
          { name, change_reason: name },
          { 'if-match': '"1-active"' },
        ),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412]);
  });
});

describe('a diff', () => {
  it('says place by place what joined, left and changed', async () => {
    const { id } = await teamPolicy({
      rules: { default_autonomy: 'approve', action_overrides: { a: 'block' } },
    });
    await call(people.admin, `PUT /policies/${id}`, {
      rules: { default_autonomy: 'block', action_overrides: { b: 'block' } },
      change_reason: 'x',
    });
    const { body } = await call(people.admin, `GET /policies/${id}/diff?from=1&to=2`);
    expect(body).toEqual({
      id,
      from: 1,
      to: 2,
      added: [{ path: 'rules.action_overrides.b', value: 'block' }],
      removed: [{ path: 'rules.action_overrides.a', value: 'block' }],
      changed: [{ path: 'rules.default_autonomy', from: 'approve', to: 'block' }],
    });
    expect((await call(people.admin, `GET /policies/${id}/diff?from=1&to=9`)).status).toBe(404);
    expect((await call(people.admin, `GET /policies/${id}?version=1`)).body).toMatchObject({ version: 1 });
    expect((await call(people.admin, `GET /policies/${id}?version=9`)).status).toBe(404);
  });
});

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
      const answer = await call(person, 'POST /policies', body);
      expect([person.sub, body, answer.status]).toEqual([person.sub, body, status]);
      if (status === 403) expect(answer.body).toEqual({ error: 'forbidden', message: expect.any(String) });
    }
  });

  it("has a person's policy held against the levels above the unit they are in", async () => {
    const { body } = await call(people.peer, 'POST /policies', own(people.peer));
    expect(body.scope).toEqual({ level: 'user', org_unit: people.peer.orgUnit, user_id: people.peer.sub });
    const elsewhere = {
      ...own(people.user),
      scope: { level: 'user', user_id: people.user.sub, org_unit: 'sales' },
    };
    expect((await call(people.admin, 'POST /policies', elsewhere)).status).toBe(400);
  });

  it('reads what holds for them or is within reach; anything else is not there', async () => {
    const sales = (
      await call(people.admin, 'POST /policies', { ...at('team', 'sales/emea'), status: 'active' })
    ).body;
    const web = (
      await call(people.admin, 'POST /policies', { ...at('team', 'engineering/web'), status: 'active' })
    ).body;
    const missing = await call(people.user, 'GET /policies/pol_00000000000000000000000000');
    for (const line of [
      'GET /policies/ID',
      'GET /policies/ID/versions',
      'GET /policies/ID/diff?from=1&to=1',
    ]) {
      const hidden = await call(people.user, line.replace('ID', sales.id));
      expect(hidden).toEqual(missing);
      expect((await call(people.user, line.replace('ID', web.id))).status).toBe(200);
    }
    const change = { change_reason: 'x' };
    expect(await call(people.user, `PUT /policies/${sales.id}`, change)).toEqual(missing);
    expect(await call(people.user, `DELETE /policies/${sales.id}`, change)).toEqual(missing);
    expect((await call(people.user, `PUT /policies/${web.id}`, change)).status).toBe(403);
    const ids = async (person: TestPerson) =>
      (await call(person, 'GET /policies')).body.policies.map(({ id }: { id: string }) => id);
    expect(await ids(people.user)).toContain(web.id);
    expect(await ids(people.user)).not.toContain(sales.id);
    expect(await ids(people.admin)).toEqual(expect.arrayContaining([web.id, sales.id]));
    expect(await ids(people.stranger)).not.toContain(web.id);
  });

  it('filters the list', async () => {
    const { body } = await call(
      people.admin,
      'GET /policies?domain=actions&scope_level=enterprise&status=active',
    );
    expect(body.total).toBe(1);
    expect(body.policies).toMatchObject([
      { domain: 'actions', scope: { level: 'enterprise' }, status: 'active' },
    ]);
    expect((await call(people.admin, 'GET /policies?org_unit=nowhere')).body).toEqual({
      policies: [],
      total: 0,
    });
    expect((await call(people.admin, 'GET /policies?domain=agent-to-agent')).status).toBe(200);
  });

  it('comes in pages of what the person may read', async () => {
    const pages = async (person: TestPerson) => {
      const all = (await call(person, 'GET /policies')).body;
      const two = await Promise.all([
        call(person, 'GET /policies?limit=2'),
        call(person, `GET /policies?limit=1000&offset=2`),
      ]);
      expect(two.map(({ body }) => body.total)).toEqual([all.total, all.total]);
      expect(two.flatMap(({ body }) => body.policies)).toEqual(all.policies);
      expect(all.policies).toHaveLength(all.total);
      return all.total;
    };
    expect(await pages(people.user)).toBeLessThan(await pages(people.admin));
    const beyond = (await call(people.user, 'GET /policies?offset=100000')).body;
    expect(beyond.policies).toEqual([]);
    expect(beyond.total).toBeGreaterThan(0);
  });

  it('of a domain a person has five of, until one ends', async () => {
    const mine = (more: object = {}) =>
      call(people.peer, 'POST /policies', {
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
    expect((await call(people.peer, `PUT /policies/${first.body.id}`, change)).status).toBe(200);
    expect((await mine()).status).toBe(409);
    expect((await call(people.peer, `DELETE /policies/${first.body.id}`, change)).status).toBe(200);
    expect((await mine()).status).toBe(201);
  });

  it('is on record when somebody tried what is not theirs', async () => {
    const { id } = await teamPolicy();
    await call(people.user, `DELETE /policies/${id}`, { change_reason: 'away with it' });
    const refused = (await entriesOf(id)).filter(({ outcome }) => outcome === 'denied');
    expect(refused.map(({ userId }) => userId)).toEqual([people.user.sub]);
  });
});

describe('bad input', () => {
  const good = { ...engineeringGithubWrite, scope: { level: 'team', org_unit: 'engineering/bad' } };

  it.each([
    ['no reason', { ...good, change_reason: undefined }],
    ['an empty reason', { ...good, change_reason: '   ' }],
    ['an unknown domain', { ...good, domain: 'gardening' }],
    ['an unknown field', { ...good, urgent: true }],
    ['an unknown rule', { ...good, rules: { allowed_conectors: [] } }],
    ['a rule of another type', { ...good, rules: { allowed_connectors: 'github' } }],
    ['no scope', { ...good, scope: undefined }],
    ['an unknown level', { ...good, scope: { level: 'galaxy' } }],
    ['a unit that climbs', { ...good, scope: { level: 'team', org_unit: 'engineering/../sales' } }],
    ['a unit with an empty part', { ...good, scope: { level: 'team', org_unit: 'engineering//web' } }],
    ['a deprecated newcomer', { ...good, status: 'deprecated' }],
    ['no name', { ...good, name: '' }],
  ])('is refused: %s', async (_, body) => {
    expect(await call(people.admin, 'POST /policies', body)).toMatchObject({
      status: 400,
      body: { error: 'INVALID_REQUEST' },
    });
  });

  it('is refused: 5 MB of policy', async () => {
    const rules = { allowed_connectors: ['x'.repeat(5 * 1_048_576)] };
    expect(await call(people.admin, 'POST /policies', { ...good, rules })).toMatchObject({
      status: 413,
      body: { error: 'PAYLOAD_TOO_LARGE' },
    });
  });

  it('is refused: a change without a reason', async () => {
    const { id } = await teamPolicy();
    for (const line of ['PUT ID', 'DELETE ID', 'POST ID/activate', 'POST ID/rollback']) {
      const [method, path = ''] = line.replace('ID', `/policies/${id}`).split(' ');
      expect((await call(people.admin, `${method} ${path}`, { to_version: 1 })).status).toBe(400);
    }
  });

  it('is refused: a policy moved to another place', async () => {
    const { id } = await teamPolicy();
    const moved = { scope: { level: 'enterprise' }, change_reason: 'x' };
    expect((await call(people.admin, `PUT /policies/${id}`, moved)).status).toBe(400);
  });
});
