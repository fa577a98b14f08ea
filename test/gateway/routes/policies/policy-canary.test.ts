import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { entriesOf } from '../../../support/audit-entries.ts';
import { patience } from '../../../support/patience.ts';
import { openTestGateway, people, type TestGateway, type TestPerson } from '../../../support/test-gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openTestGateway({ RATE_LIMIT_POLICY_MUTATIONS: '10000', RATE_LIMIT_REQUESTS: '10000' });
  for (const person of Object.values(people)) await gateway.as(person, { url: '/api/v1/requests' });
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
  return { status: answer.statusCode, body: answer.json() };
}

/** What policy says to a comment of each of the three now; a canary is in force as soon as any other change. */
async function answers() {
  const of = async (person: TestPerson) => {
    const question = { action: 'github_issue_comment', context: { data_classification: 'internal' } };
    return (await call(person, 'POST /policies/evaluate', question)).body.decision;
  };
  return { user: await of(people.user), peer: await of(people.peer), lead: await of(people.lead) };
}

async function untilTheyGet(wanted: Awaited<ReturnType<typeof answers>>) {
  await expect.poll(answers, patience).toEqual(wanted);
}

const usual = { user: 'require_approval', peer: 'require_approval', lead: 'require_approval' };
const change = { change_reason: 'two first' };

async function drafted() {
  const { body } = await call(people.admin, 'POST /policies', {
    name: 'No comments',
    domain: 'actions',
    scope: { level: 'org', org_unit: 'engineering' },
    rules: { action_overrides: { github_issue_comment: 'block' } },
    change_reason: 'a draft',
  });
  return body.id;
}

const canary = (id: string, userIds: readonly string[], more: object = {}) =>
  call(people.admin, `POST /policies/${id}/canary`, { ...change, user_ids: userIds, ...more });

describe('a draft that holds for a few first', () => {
  it('holds for exactly them, is shown, and ends when it is taken back', async () => {
    const id = await drafted();
    await untilTheyGet(usual);
    const begun = await canary(id, [people.user.sub]);
    expect(begun).toMatchObject({ status: 200, body: { status: 'draft', canary: { users: 1 } } });
    await untilTheyGet({ ...usual, user: 'deny' });
    expect((await call(people.peer, `GET /policies/${id}`)).body.canary).toEqual({ users: 1 });
    const { policies } = (await call(people.admin, 'GET /policies?domain=actions&status=draft')).body;
    expect(policies).toContainEqual(expect.objectContaining({ id, canary: { users: 1 } }));
    expect((await call(people.admin, `GET /policies/${id}/canary`)).body).toEqual({
      policy_id: id,
      version: 1,
      user_ids: [people.user.sub],
    });
    expect((await call(people.user, `GET /policies/${id}/canary`)).status).toBe(403);
    const ended = await call(people.admin, `DELETE /policies/${id}/canary`, change);
    expect(ended.status).toBe(200);
    expect(ended.body.canary).toBeUndefined();
    await untilTheyGet(usual);
    expect((await call(people.admin, `DELETE /policies/${id}/canary`, change)).status).toBe(400);
    await call(people.admin, `DELETE /policies/${id}`, change);
  });

  it('stands in place of what is active at its position, and becomes it by activation', async () => {
    const id = await drafted();
    await call(people.admin, `POST /policies/${id}/activate`, change);
    await untilTheyGet({ user: 'deny', peer: 'deny', lead: 'deny' });
    await call(people.admin, `PUT /policies/${id}`, {
      status: 'draft',
      rules: {},
      change_reason: 'comments again',
    });
    await canary(id, [people.lead.sub]);
    await untilTheyGet({ user: 'deny', peer: 'deny', lead: 'require_approval' });
    await call(people.admin, `POST /policies/${id}/activate`, change);
    await untilTheyGet(usual);
    expect((await call(people.admin, `GET /policies/${id}`)).body).toMatchObject({
      version: 2,
      status: 'active',
    });
    expect((await call(people.admin, `GET /policies/${id}/canary`)).body.user_ids).toEqual([]);
    await call(people.admin, `DELETE /policies/${id}`, change);
  });

  it('ends with the policy', async () => {
    const id = await drafted();
    await canary(id, [people.peer.sub]);
    await untilTheyGet({ ...usual, peer: 'deny' });
    await call(people.admin, `DELETE /policies/${id}`, change);
    await untilTheyGet(usual);
  });

  it('shows its impact on those people alone', async () => {
    const id = await drafted();
    const { body } = await call(people.admin, `POST /policies/${id}/impact`, { user_ids: [people.user.sub] });
    const begun = await canary(id, [people.user.sub], { impact_digest: body.digest });
    expect(begun).toMatchObject({ status: 200, body: { impact_digest: body.digest } });
    const over = (await call(people.admin, `POST /policies/${id}/impact`, { end_canary: true })).body;
    expect(over.widened).toContain('action_overrides.github_issue_comment: block -> approve');
    expect(await canary(id, [people.peer.sub], { impact_digest: body.digest })).toMatchObject({
      status: 409,
    });
    await call(people.admin, `DELETE /policies/${id}`, change);
  });

  it('is on record, without the names of the people beside it', async () => {
    const id = await drafted();
    await canary(id, [people.user.sub, people.peer.sub]);
    await call(people.admin, `DELETE /policies/${id}/canary`, change);
    const entries = await entriesOf(gateway.stores, 'acme', { actionType: 'policy_change', limit: 2 });
    expect(entries.map(({ event, metadata }) => [event, metadata['canary_users']])).toEqual([
      ['policy.canary_ended', null],
      ['policy.canary_started', 2],
    ]);
    expect(JSON.stringify(entries.map(({ metadata }) => metadata))).not.toContain(people.user.sub);
    await call(people.admin, `DELETE /policies/${id}`, change);
  });

  it('is not enforced for somebody whom a row in the database names and nobody signed', async () => {
    const id = await drafted();
    await canary(id, [people.user.sub]);
    await untilTheyGet({ ...usual, user: 'deny' });
    const setUsers = (to: readonly string[]) =>
      withAdmin(gateway.databases.adminUrl, async (client) => {
        await client.query('SET session_replication_role = replica');
        await client.query('UPDATE tenant_acme.policy_canaries SET user_ids = $1', [JSON.stringify(to)]);
        await client.query(`SELECT pg_notify('openclaw_policies', '{"tenant": "acme"}')`);
      });
    await setUsers([people.peer.sub]);
    expect(await answers()).toEqual({ ...usual, user: 'deny' });
    expect(await canary(id, [people.lead.sub])).toMatchObject({
      status: 409,
      body: { error: 'POLICY_SET_REFUSED' },
    });
    await setUsers([people.user.sub]);
    await call(people.admin, `DELETE /policies/${id}`, change);
    await untilTheyGet(usual);
  });

  it('is for those who may change the policy, and only where it can become active', async () => {
    const id = await drafted();
    const body = { ...change, user_ids: [people.user.sub] };
    expect((await call(people.user, `POST /policies/${id}/canary`, body)).status).toBe(403);
    expect((await call(people.stranger, `POST /policies/${id}/canary`, body)).status).toBe(404);
    expect((await canary(id, [])).status).toBe(400);
    expect((await canary(id, [people.user.sub], { version: 9 })).status).toBe(404);
    const rival = await drafted();
    await call(people.admin, `POST /policies/${rival}/activate`, change);
    expect(await canary(id, [people.user.sub])).toMatchObject({
      status: 409,
      body: { error: 'POLICY_CONFLICT' },
    });
    expect(await canary(rival, [people.user.sub])).toMatchObject({ status: 400 });
    await call(people.admin, `DELETE /policies/${rival}`, change);
    expect(await canary(rival, [people.user.sub])).toMatchObject({
      status: 409,
      body: { error: 'POLICY_DEPRECATED' },
    });
    const stale = { 'if-match': '"7-draft"' };
    expect((await call(people.admin, `POST /policies/${id}/canary`, body, stale)).status).toBe(412);
  });
});
