import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { roleNames } from '#platform/database/names.ts';
import { openPolicyScene, type PolicyScene } from '../../../support/policy-scene.ts';
import { people } from '../../../support/test-gateway.ts';

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

let scene: PolicyScene;

beforeAll(async () => {
  scene = await openPolicyScene({ DATABASE_POOL_SIZE: '2' });
});
afterAll(() => scene?.close());

describe('the documents', () => {
  it('are answered as they print it: seed 000 enables commenting', async () => {
    const { status, body, etag } = await scene.call(
      people.stranger,
      'POST /policies',
      engineeringGithubWrite,
    );
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
    const before = (await scene.call(people.stranger, 'GET /policies/pol_integrations')).body;
    const { status, body } = await scene.call(people.stranger, 'PUT /policies/pol_integrations', {
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
    const revision = (await scene.gateway.stores.policies.active('acme')).revision;
    const { status: _, ...body } = await scene.teamPolicy({ status: undefined });
    expect(body).toMatchObject({ version: 1 });
    expect((await scene.call(people.admin, `GET /policies/${body.id}`)).body.status).toBe('draft');
    expect((await scene.gateway.stores.policies.active('acme')).revision).toBe(revision);
  });

  it('goes from draft to active to deprecated, each version a row of its own', async () => {
    const { id } = await scene.teamPolicy({ status: 'draft' });
    const edited = await scene.call(people.admin, `PUT /policies/${id}`, {
      rules: { default_autonomy: 'block' },
      change_reason: 'stricter',
    });
    expect(edited.body).toMatchObject({ version: 2, status: 'draft' });
    const active = await scene.call(people.admin, `POST /policies/${id}/activate`, {
      change_reason: 'agreed',
    });
    expect(active).toMatchObject({ status: 200, body: { version: 2, status: 'active' }, etag: '"2-active"' });
    const again = await scene.call(people.admin, `POST /policies/${id}/activate`, {
      change_reason: 'agreed',
    });
    expect(again).toMatchObject({ status: 200, body: { version: 2, status: 'active' } });
    const ended = await scene.call(people.admin, `DELETE /policies/${id}`, { change_reason: 'not needed' });
    expect(ended).toMatchObject({ status: 200, body: { version: 2, status: 'deprecated' } });
    const { versions } = (await scene.call(people.admin, `GET /policies/${id}/versions`)).body;
    expect(versions.map((one: { version: number; status: string }) => [one.version, one.status])).toEqual([
      [2, 'deprecated'],
      [1, 'deprecated'],
    ]);
  });

  it('puts who, what, when and why on record, with a digest of the content', async () => {
    const { id } = await scene.teamPolicy({ status: 'draft' });
    await scene.call(people.admin, `PUT /policies/${id}`, {
      name: 'Renamed',
      change_reason: 'a better name',
    });
    await scene.call(people.admin, `POST /policies/${id}/activate`, { change_reason: 'agreed' });
    await scene.call(people.admin, `POST /policies/${id}/rollback`, {
      to_version: 1,
      change_reason: 'worse',
    });
    await scene.call(people.admin, `DELETE /policies/${id}`, { change_reason: 'not needed' });
    const entries = (await scene.entriesOf(id)).toReversed();
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
    const { id } = await scene.teamPolicy();
    await scene.call(people.admin, `DELETE /policies/${id}`, { change_reason: 'over' });
    const tries: [string, object][] = [
      [`POST /policies/${id}/activate`, { change_reason: 'again' }],
      [`POST /policies/${id}/activate`, { version: 1, change_reason: 'again' }],
      [`PUT /policies/${id}`, { status: 'active', change_reason: 'again' }],
      [`POST /policies/${id}/rollback`, { to_version: 1, change_reason: 'again' }],
      [`DELETE /policies/${id}`, { change_reason: 'again' }],
    ];
    for (const [line, body] of tries) {
      expect(await scene.call(people.admin, line, body)).toMatchObject({
        status: 409,
        body: { error: 'POLICY_DEPRECATED' },
      });
    }
    const living = await scene.teamPolicy();
    await scene.call(people.admin, `PUT /policies/${living.id}`, { name: 'Second', change_reason: 'x' });
    const older = { version: 1, change_reason: 'again' };
    expect(await scene.call(people.admin, `POST /policies/${living.id}/activate`, older)).toMatchObject({
      status: 409,
      body: { error: 'POLICY_DEPRECATED' },
    });
  });

  it('goes back by a new version with the old content', async () => {
    const first = await scene.teamPolicy();
    await scene.call(people.admin, `PUT /policies/${first.id}`, {
      name: 'Second',
      rules: { default_autonomy: 'block' },
      change_reason: 'stricter',
    });
    const back = await scene.call(people.admin, `POST /policies/${first.id}/rollback`, {
      to_version: 1,
      change_reason: 'too strict',
    });
    expect(back.body).toMatchObject({ version: 3, status: 'active', name: first.name, rules: first.rules });
    // A draft that is newer does not keep what is in force from going back.
    await scene.call(people.admin, `PUT /policies/${first.id}`, {
      status: 'draft',
      name: 'D',
      change_reason: 'x',
    });
    const past = { to_version: 2, change_reason: 'stricter again' };
    expect((await scene.call(people.admin, `POST /policies/${first.id}/rollback`, past)).body).toMatchObject({
      version: 5,
      status: 'active',
      name: 'Second',
    });
    const none = { to_version: 9, change_reason: 'x' };
    expect((await scene.call(people.admin, `POST /policies/${first.id}/rollback`, none)).status).toBe(404);
  });

  it('has room for one active policy of a domain at a position', async () => {
    const { scope } = await scene.teamPolicy();
    const rival = await scene.call(people.admin, 'POST /policies', {
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
    const { id } = await scene.teamPolicy();
    const rules = {
      default_autonomy: 'autonomous',
      action_overrides: { github_issue_comment: 'autonomous', github_pr_close: 'notify' },
    };
    const refused = await scene.call(people.admin, `PUT /policies/${id}`, { rules, change_reason: 'looser' });
    expect(refused).toMatchObject({ status: 400, body: { error: 'POLICY_HIERARCHY_VIOLATION' } });
    expect(refused.body.detail.length).toBeGreaterThan(1);
    expect(refused.body.detail.join()).toContain('less restrictive');
  });
});

describe('while audit can not be written', () => {
  it('no policy changes', async () => {
    const { id } = await scene.teamPolicy();
    const before = await scene.gateway.stores.policies.active('acme');
    const { auditAdminUrl, prefix } = scene.gateway.databases;
    const onLedger = (grant: string) =>
      withAdmin(auditAdminUrl, (client) => client.query(`${grant} ${roleNames(prefix).gateway}`));
    await onLedger('REVOKE USAGE ON SCHEMA ledger FROM');
    try {
      const tries: [string, object][] = [
        [`PUT /policies/${id}`, { name: 'x', change_reason: 'x' }],
        [`DELETE /policies/${id}`, { change_reason: 'x' }],
        ['POST /policies', { ...engineeringGithubWrite, scope: { level: 'org', org_unit: 'unheard' } }],
      ];
      for (const [line, body] of tries) {
        expect(await scene.call(people.admin, line, body)).toMatchObject({
          status: 503,
          body: { error: 'AUDIT_WRITE_FAILED' },
        });
      }
    } finally {
      await onLedger('GRANT USAGE ON SCHEMA ledger TO');
    }
    expect(await scene.gateway.stores.policies.active('acme')).toEqual(before);
    expect(await scene.gateway.stores.policies.list('acme', { orgUnit: 'unheard' })).toEqual([]);
  });
});

describe('two people at one policy', () => {
  it('a change that names what its author saw is refused once that has passed', async () => {
    const { id } = await scene.teamPolicy();
    const seen = (await scene.call(people.admin, `GET /policies/${id}`)).etag ?? '';
    const change = (name: string) =>
      scene.call(people.admin, `PUT /policies/${id}`, { name, change_reason: 'x' }, { 'if-match': seen });
    expect((await change('one')).status).toBe(200);
    const late = await change('two');
    expect(late).toMatchObject({
      status: 412,
      body: { error: 'POLICY_CHANGED', detail: { version: 2, status: 'active' } },
    });
    expect((await scene.call(people.admin, `GET /policies/${id}`)).body).toMatchObject({
      name: 'one',
      version: 2,
    });
  });

  it('loses no edit when many come at once', async () => {
    const { id } = await scene.teamPolicy();
    const names = Array.from({ length: 25 }, (_, index) => `edit ${String(index).padStart(2, '0')}`);
    const answers = await Promise.all(
      names.map((name) => scene.call(people.admin, `PUT /policies/${id}`, { name, change_reason: name })),
    );
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.version)).size).toBe(names.length);
    const { versions } = (await scene.call(people.admin, `GET /policies/${id}/versions`)).body;
    expect(versions.filter(({ status }: { status: string }) => status === 'active')).toHaveLength(1);
    expect(versions.map(({ name }: { name: string }) => name).toSorted()).toEqual(['Team actions', ...names]);
  });

  it('with the same tag, one wins and the others are told', async () => {
    const { id } = await scene.teamPolicy();
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        scene.call(
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
    const { id } = await scene.teamPolicy({
      rules: { default_autonomy: 'approve', action_overrides: { a: 'block' } },
    });
    await scene.call(people.admin, `PUT /policies/${id}`, {
      rules: { default_autonomy: 'block', action_overrides: { b: 'block' } },
      change_reason: 'x',
    });
    const { body } = await scene.call(people.admin, `GET /policies/${id}/diff?from=1&to=2`);
    expect(body).toEqual({
      id,
      from: 1,
      to: 2,
      added: [{ path: 'rules.action_overrides.b', value: 'block' }],
      removed: [{ path: 'rules.action_overrides.a', value: 'block' }],
      changed: [{ path: 'rules.default_autonomy', from: 'approve', to: 'block' }],
    });
    expect((await scene.call(people.admin, `GET /policies/${id}/diff?from=1&to=9`)).status).toBe(404);
    expect((await scene.call(people.admin, `GET /policies/${id}?version=1`)).body).toMatchObject({
      version: 1,
    });
    expect((await scene.call(people.admin, `GET /policies/${id}?version=9`)).status).toBe(404);
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
    expect(await scene.call(people.admin, 'POST /policies', body)).toMatchObject({
      status: 400,
      body: { error: 'INVALID_REQUEST' },
    });
  });

  it('is refused: 5 MB of policy', async () => {
    const rules = { allowed_connectors: ['x'.repeat(5 * 1_048_576)] };
    expect(await scene.call(people.admin, 'POST /policies', { ...good, rules })).toMatchObject({
      status: 413,
      body: { error: 'PAYLOAD_TOO_LARGE' },
    });
  });

  it('is refused: a change without a reason', async () => {
    const { id } = await scene.teamPolicy();
    for (const line of ['PUT ID', 'DELETE ID', 'POST ID/activate', 'POST ID/rollback']) {
      const [method, path = ''] = line.replace('ID', `/policies/${id}`).split(' ');
      expect((await scene.call(people.admin, `${method} ${path}`, { to_version: 1 })).status).toBe(400);
    }
  });

  it('is refused: a policy moved to another place', async () => {
    const { id } = await scene.teamPolicy();
    const moved = { scope: { level: 'enterprise' }, change_reason: 'x' };
    expect((await scene.call(people.admin, `PUT /policies/${id}`, moved)).status).toBe(400);
  });
});
