import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mayManage } from '#domain/person/may-manage.ts';
import { type Role, roles } from '#domain/person/role.ts';
import { openSession } from '../gateway/matrix/things.ts';
import { openTestGateway, type TestGateway, type TestPerson } from '../support/test-gateway.ts';

/** Whoever acts on a person needs at least that person's role: every act, by every role, on every role of one unit. */
const orgUnit = 'engineering';
const groupOf: Record<Role, string> = {
  user: 'openclaw-users',
  team_lead: 'openclaw-team-leads',
  org_admin: 'openclaw-org-admins',
  enterprise_admin: 'openclaw-admins',
};
const personOf = (role: Role, part: string): TestPerson => ({
  sub: `${part}-${role}`,
  tenant: 'acme',
  groups: [groupOf[role]],
  orgUnit,
});
const actorOf = (role: Role) => personOf(role, 'actor');
const targetOf = (role: Role) => personOf(role, 'target');

/** Whom each role may act on, by hand: `-` nobody, else the roles' first letters. */
const byLead = { user: '-', team_lead: 'ut', org_admin: 'uto', enterprise_admin: 'utoe' };
const byOrg = { user: '-', team_lead: '-', org_admin: 'uto', enterprise_admin: 'utoe' };
const byAdmin = { user: '-', team_lead: '-', org_admin: '-', enterprise_admin: 'utoe' };

let gateway: TestGateway;
const policies = new Map<string, string>();
/** Policies that somebody was refused to end. */
const ending = new Map<Role, string>();
const maker = personOf('enterprise_admin', 'maker');

async function call(person: TestPerson, line: string, payload?: object) {
  const [method = 'GET', path = ''] = line.split(' ');
  const body = payload === undefined ? {} : { payload };
  const answer = await gateway.as(person, { method, url: `/api/v1${path}`, ...body });
  const json: { error?: string; id?: string } = answer.headers['content-type']?.includes('json')
    ? answer.json()
    : {};
  return { ...json, status: answer.statusCode };
}

const stricter = { auto_response: false };
const userPolicy = (target: TestPerson, more: object = {}) => ({
  name: 'upwards',
  domain: 'features',
  scope: { level: 'user', user_id: target.sub },
  rules: stricter,
  change_reason: 'an attack',
  ...more,
});

/** A policy on the target, made by an administrator. */
async function policyFor(role: Role, status: 'draft' | 'active'): Promise<string> {
  const made = await call(maker, 'POST /policies', userPolicy(targetOf(role), { status }));
  expect(made.status).toBe(201);
  return made.id ?? '';
}

const reason = { change_reason: 'an attack' };

type Act = (actor: TestPerson, role: Role) => Promise<{ status: number; error?: string }>;

const acts: readonly (readonly [string, Record<Role, string>, Act])[] = [
  ['a policy on them', byLead, (actor, role) => call(actor, 'POST /policies', userPolicy(targetOf(role)))],
  [
    'a look at the impact of one',
    byLead,
    (actor, role) => call(actor, 'POST /policies/impact', userPolicy(targetOf(role))),
  ],
  [
    'another version of one',
    byLead,
    async (actor, role) => call(actor, `PUT /policies/${policies.get(role)}`, { ...reason, rules: stricter }),
  ],
  [
    'an older version of one',
    byLead,
    async (actor, role) =>
      call(actor, `POST /policies/${policies.get(role)}/rollback`, { ...reason, to_version: 1 }),
  ],
  [
    'a draft of one put in force',
    byLead,
    async (actor, role) => {
      const path = `/policies/${policies.get(role)}`;
      const draft = { ...reason, status: 'draft', rules: stricter };
      expect((await call(maker, `PUT ${path}`, draft)).status).toBe(200);
      return call(actor, `POST ${path}/activate`, reason);
    },
  ],
  [
    'the end of one',
    byLead,
    async (actor, role) => {
      const id = ending.get(role) ?? (await policyFor(role, 'draft'));
      const answer = await call(actor, `DELETE /policies/${id}`, reason);
      if (answer.status === 200) ending.delete(role);
      else ending.set(role, id);
      return answer;
    },
  ],
  [
    'a canary that names them',
    byLead,
    (actor, role) =>
      call(actor, `POST /policies/${policies.get('unit')}/canary`, {
        ...reason,
        user_ids: [targetOf(role).sub],
      }),
  ],
  [
    'a look at their sessions',
    byOrg,
    (actor, role) => call(actor, `GET /auth/sessions?user_id=${targetOf(role).sub}`),
  ],
  [
    'the end of a session',
    byOrg,
    async (actor, role) => {
      const { sub: userId } = targetOf(role);
      const place = { label: '', tenantId: 'acme', userId, orgUnit } as const;
      return call(actor, `DELETE /auth/sessions/${await openSession(gateway.stores, place, 'browser')}`);
    },
  ],
  [
    'an export of their data',
    byAdmin,
    (actor, role) => call(actor, `GET /user-data/${targetOf(role).sub}/export`),
  ],
  [
    'a legal hold on them',
    byAdmin,
    (actor, role) => call(actor, 'POST /legal-holds', { user_id: targetOf(role).sub, reason: 'a case' }),
  ],
  [
    'their being signed out',
    byOrg,
    (actor, role) => call(actor, 'POST /auth/sign-out', { user_id: targetOf(role).sub }),
  ],
];

beforeAll(async () => {
  gateway = await openTestGateway({
    RATE_LIMIT_POLICY_MUTATIONS: '10000',
    RATE_LIMIT_REQUESTS: '10000',
    RATE_LIMIT_ADMIN: '10000',
  });
  const everybody = roles.flatMap((role) => [actorOf(role), targetOf(role)]);
  for (const person of [...everybody, maker]) await call(person, 'GET /requests');
  for (const role of roles) policies.set(role, await policyFor(role, 'active'));
  const unit = {
    name: 'unit',
    domain: 'features',
    scope: { level: 'team', org_unit: orgUnit },
    rules: stricter,
  };
  const made = await call(maker, 'POST /policies', { ...unit, ...reason });
  policies.set('unit', made.id ?? '');
});
afterAll(() => gateway?.close());

describe.each(acts)('%s', (_, allowed, act) => {
  it.each(roles)('is for a %s to do to whom they do not outrank', async (actor) => {
    for (const target of roles) {
      const { status, error } = await act(actorOf(actor), target);
      const may = allowed[actor].includes(target.slice(0, 1));
      expect([target, status < 300, status, error]).toEqual([target, may, status, may ? undefined : error]);
      if (!may) expect([403, 404]).toContain(status);
    }
  });
});

it('of oneself anybody may, of somebody whose role is not known the highest role', () => {
  for (const role of roles) {
    expect(mayManage({ userId: 'ada', role }, { userId: 'ada', role: undefined })).toBe(true);
    const stranger = { userId: 'eve', role: undefined };
    expect(mayManage({ userId: 'ada', role }, stranger)).toBe(role === 'enterprise_admin');
  }
});

it('tells who is refused for their rank, and leaves it on record', async () => {
  const lead = actorOf('team_lead');
  const refused = await call(lead, 'POST /policies', userPolicy(targetOf('enterprise_admin')));
  expect(refused).toMatchObject({ status: 403, error: 'HIGHER_ROLE' });
  const canary = { ...reason, user_ids: [targetOf('user').sub, targetOf('enterprise_admin').sub] };
  const named = await call(lead, `POST /policies/${policies.get('unit')}/canary`, canary);
  expect(named).toMatchObject({ status: 403, error: 'HIGHER_ROLE', detail: [{ field: 'user_ids' }] });
  const impact = await call(lead, `POST /policies/${policies.get('unit')}/impact`, {
    user_ids: canary.user_ids,
  });
  expect(impact).toMatchObject({ status: 403, error: 'HIGHER_ROLE' });
  const page = await gateway.as(maker, {
    url: `/api/v1/audit?user_id=${lead.sub}&outcome=denied&action_type=policy_change`,
  });
  const events = page.json().entries.map(({ event }: { event: string }) => event);
  expect(events).toEqual(expect.arrayContaining(['policy.created', 'policy.canary_started']));
});
