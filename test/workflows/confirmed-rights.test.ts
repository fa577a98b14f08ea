import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#domain/person/actor.ts';
import { shippedGroupRoles } from '#domain/person/role.ts';
import { createConfirmRights } from '#governance/person/confirm-rights.ts';
import { newId } from '#platform/new-id.ts';
import { openOidc } from '#platform/oidc/open-oidc.ts';
import { type Asked, ask, comment, decide, openQuestion } from '../support/ask.ts';
import { admin, asker, lead, signIn } from '../support/cast.ts';
import { eventually } from '../support/eventually.ts';
import {
  type FakeProvider,
  makeKey,
  type SigningKey,
  signToken,
  startFakeProvider,
} from '../support/fake-provider.ts';
import { recordEventIn } from '../support/record-event.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const groupOf = {
  user: 'users',
  team_lead: 'team-leads',
  org_admin: 'org-admins',
  enterprise_admin: 'enterprise-admins',
};

let key: SigningKey;
let provider: FakeProvider;
let worker: TestWorker;
let refreshes: string[];

beforeAll(async () => {
  key = await makeKey('ES256', 'ec-1');
  provider = await startFakeProvider([key], { userinfo: true });
  worker = await startTestWorker({
    openConfirm: (stores, now) => {
      const { ask } = openOidc({
        issuer: provider.issuer,
        audience: 'openclaw',
        clientId: 'openclaw-web',
        cliClientId: 'openclaw-cli',
        claims: { tenant: 'tenant', orgUnit: 'org_unit', groups: 'groups' },
        groupRoles: shippedGroupRoles,
        rightsCheck: 'userinfo',
        tenants: stores.tenants,
      });
      const recordEvent = recordEventIn(stores, now);
      return createConfirmRights({ ...stores, ask, recordEvent, now, recheckMs: 1 });
    },
  });
});

afterAll(async () => {
  await worker?.close();
  await provider.close();
});

const people = [asker, lead, admin];

/** Signed in with a browser: the provider can be asked about each. */
beforeEach(async () => {
  refreshes = [];
  worker.beforeActivity = async () => {};
  await signIn(worker.stores, ...people);
  for (const { userId } of people) {
    await worker.stores.grants.removeAllOf('acme', userId);
    await worker.stores.grants.keep('acme', {
      id: newId('grant'),
      userId,
      kind: 'refresh',
      providerSession: null,
      offline: true,
      token: `${userId}/0`,
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
  }
  says(() => ({}));
});

/** What a refresh of this person's grant gives; each token is good once, as at a strict provider. */
function says(changes: (person: Actor) => JWTPayload | 'refused' | 'away') {
  const used = new Set<string>();
  provider.onToken(async (form) => {
    const token = form.get('refresh_token') ?? '';
    refreshes.push(token);
    const [userId = '', n] = token.split('/');
    const person = people.find((each) => each.userId === userId) ?? asker;
    const told = changes(person);
    if (told === 'away') return { status: 503, body: {} };
    if (told === 'refused' || used.has(token)) return { status: 400, body: { error: 'invalid_grant' } };
    used.add(token);
    const seconds = Math.floor(Date.now() / 1_000);
    const accessToken = await signToken(key, {
      iss: provider.issuer,
      aud: 'openclaw',
      sub: userId,
      iat: seconds,
      exp: seconds + 900,
      tenant: 'acme',
      groups: [groupOf[person.role]],
      org_unit: person.orgUnit,
      ...told,
    });
    const body = {
      access_token: accessToken,
      token_type: 'Bearer',
      refresh_token: `${userId}/${Number(n) + 1}`,
    };
    return { status: 200, body };
  });
}

/** Approved by the lead; `meanwhile` happens between the vote and the effect. */
async function approved(meanwhile: () => void | Promise<void>): Promise<Asked> {
  const asked = await ask(worker, [comment()]);
  let acted = false;
  worker.beforeActivity = async (activity) => {
    if (activity !== 'act' || acted) return;
    acted = true;
    await meanwhile();
  };
  await decide(worker, asked.requestId, lead, 'approve');
  return asked;
}

const callsOf = ({ requestId }: Asked) =>
  worker.provider.calls.filter((call) => call.startsWith('send') && call.includes(requestId));
const isLead = ({ userId }: Actor) => userId === lead.userId;

describe('at the moment of the effect', () => {
  it('the provider is asked about requester and voter, and what it confirms is carried out', async () => {
    const asked = await approved(() => {
      refreshes = [];
    });
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    const about = new Set(refreshes.map((token) => token.split('/')[0]));
    expect([about.has(asker.userId), about.has(lead.userId)]).toEqual([true, true]);
    expect(callsOf(asked)).toHaveLength(1);
  });

  it.each([
    ['a lower role', () => ({ groups: ['users'] })],
    ['another unit', () => ({ org_unit: 'sales' })],
    ['no role', () => ({ groups: [] })],
  ])('a voter whom the provider gives %s has not voted: a new round is asked', async (_what, told) => {
    const asked = await approved(() => says((person) => (isLead(person) ? told() : {})));
    const again = await eventually(
      () => openQuestion(worker, asked.requestId),
      ({ round }) => round === 2,
    );
    expect(callsOf(asked)).toEqual([]);
    expect(again.round).toBe(2);
    await eventually(
      () => decide(worker, asked.requestId, admin, 'approve').catch((error: unknown) => String(error)),
      (answer) => typeof answer !== 'string',
    );
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    expect(callsOf(asked)).toHaveLength(1);
  });

  it('a requester whom the provider gives no role is denied', async () => {
    const none = { groups: [] };
    const asked = await approved(() => says((person) => (person.userId === asker.userId ? none : {})));
    expect(await asked.handle.result()).toEqual({ state: 'denied' });
    expect(callsOf(asked)).toEqual([]);
  });

  it('a sign-in that is over takes back neither a vote nor a request', async () => {
    const asked = await approved(() => says(() => 'refused'));
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    expect(callsOf(asked)).toHaveLength(1);
    expect(await worker.stores.grants.ofPerson('acme', lead.userId)).toEqual([]);
    expect(await worker.stores.people.rights('acme', lead.userId)).toMatchObject({ withdrawnAt: null });
  });

  it('rights last seen count while the provider is away', async () => {
    const asked = await approved(() => says(() => 'away'));
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    expect(callsOf(asked)).toHaveLength(1);
  });
});

describe('a refresh token that several use at once', () => {
  it('is used once at a time, so that it is never burnt', async () => {
    const open = () =>
      createConfirmRights({
        ...worker.stores,
        ask: openOidc({
          issuer: provider.issuer,
          audience: 'openclaw',
          clientId: 'openclaw-web',
          cliClientId: 'openclaw-cli',
          claims: { tenant: 'tenant', orgUnit: 'org_unit', groups: 'groups' },
          groupRoles: shippedGroupRoles,
          rightsCheck: 'userinfo',
          tenants: worker.stores.tenants,
        }).ask,
        recordEvent: recordEventIn(worker.stores),
        now: () => new Date(),
        recheckMs: 1,
      });
    const processes = [open(), open(), open(), open()];
    for (let n = 0; n < 3; n += 1) {
      await Promise.all(processes.map((each) => each.ofPerson('acme', lead.userId)));
    }
    expect(new Set(refreshes).size).toBe(refreshes.length);
    expect(await worker.stores.people.rights('acme', lead.userId)).toMatchObject({ withdrawnAt: null });
    expect(await worker.stores.grants.ofPerson('acme', lead.userId)).toHaveLength(1);
  });
});
