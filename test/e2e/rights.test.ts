import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserInfo } from '#domain/person/session.schema.ts';
import { createApi } from '#sandbox/demo/api.ts';
import { eventually } from '../support/eventually.ts';
import { approve, askForComment, type People, signInPeople } from '../support/people.ts';
import { startStack, type TestStack } from '../support/stack.ts';

let stack: TestStack;
let people: People;

beforeAll(async () => {
  stack = await startStack({ env: { RIGHTS_RECHECK_MS: '2000' } });
  people = await signInPeople(stack);
});
afterAll(() => stack?.close());

/** The administrator of the identity provider at work. */
async function administer(path: string, body: unknown = {}): Promise<void> {
  const response = await fetch(`${stack.issuer}/admin/accounts/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(await response.json()).toEqual({ done: true });
}

const rolesOf = async (api: People['lead']) => (await api.get<UserInfo>('/auth/userinfo')).body.roles;
const leadGroups = ['openclaw-team-leads', 'openclaw-users'];

describe('a role that is taken away at the identity provider', () => {
  it('is gone here within RIGHTS_RECHECK_MS, and so is the right to decide; given back, it is here again', async () => {
    const { approval } = await askForComment(people, 'rights one');
    expect(await rolesOf(people.lead)).toEqual(['team_lead']);
    await administer('acme-lead/groups', { groups: ['openclaw-users'] });
    await eventually(
      () => rolesOf(people.lead),
      (roles) => roles?.[0] === 'user',
      20_000,
    );
    expect(await approve(people, approval)).toMatchObject({ status: 404 });
    await administer('acme-lead/groups', { groups: leadGroups });
    await eventually(
      () => rolesOf(people.lead),
      (roles) => roles?.[0] === 'team_lead',
      20_000,
    );
    expect(await approve(people, approval)).toMatchObject({ status: 200 });
  });

  it('leaves nothing when no group is left, and ends what is followed', async () => {
    const { requestId } = await askForComment(people, 'rights two');
    const stream = await fetch(`${stack.api}/api/v1/requests/${requestId}/events`, {
      headers: { authorization: `Bearer ${await stack.token('user@acme.test')}` },
    });
    await administer('acme-user/groups', { groups: [] });
    // Nobody calls for this person meanwhile; it would go on for a quarter of an hour.
    expect(await stream.text()).toContain('event: request');
    await administer('acme-user/groups', { groups: ['openclaw-users'] });

    await administer('acme-lead/groups', { groups: [] });
    await eventually(
      () => people.lead.get<{ error: string }>('/approvals'),
      ({ status, body }) => status === 403 && body.error === 'forbidden',
      20_000,
    );
    await administer('acme-lead/groups', { groups: leadGroups });
    await eventually(
      () => people.lead.get('/approvals'),
      ({ status }) => status === 200,
      20_000,
    );
  });
});

describe('a person whom the identity provider signs out', () => {
  it('is out here at once, with the token they have; a new sign-in counts', async () => {
    expect((await people.lead.get('/approvals')).status).toBe(200);
    // A sign-in is told in whole seconds: the next one has to be a later one.
    await administer('acme-lead/sign-out');
    expect((await people.lead.get('/approvals')).status).toBe(401);
    const again = await eventually(
      async () => {
        const api = createApi({ url: stack.api, token: await stack.token('lead@acme.test') });
        return (await api.get('/approvals')).status;
      },
      (status) => status === 200,
      20_000,
    );
    expect(again).toBe(200);
    expect((await people.lead.get('/approvals')).status).toBe(401);
  });
});
