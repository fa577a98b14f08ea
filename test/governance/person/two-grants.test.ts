import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedGroupRoles } from '#domain/person/role.ts';
import { createConfirmRights } from '#governance/person/confirm-rights.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import { openOidc } from '#platform/oidc/open-oidc.ts';
import type { Stores } from '#stores/open-stores.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { signIn } from '../../support/cast.ts';
import {
  type FakeProvider,
  makeKey,
  type SigningKey,
  signToken,
  startFakeProvider,
} from '../../support/fake-provider.ts';
import { openTestStores } from '../../support/open-test-stores.ts';
import { recordEventIn } from '../../support/record-event.ts';

const kinds = ['odd', 'another person', 'absent', 'ended', 'no rights', 'unreadable', 'good'] as const;
type Kind = (typeof kinds)[number];

let key: SigningKey;
let provider: FakeProvider;
let stores: Stores;
let adminUrl: string;
let close: () => Promise<void>;
let people = 0;

beforeAll(async () => {
  key = await makeKey('ES256', 'k');
  provider = await startFakeProvider([key], { userinfo: true });
  const opened = await openTestStores();
  ({ stores, close } = opened);
  adminUrl = opened.databases.adminUrl;
});
afterAll(async () => {
  await provider.close();
  await close();
});

/** What is true of a person after the provider was asked with two grants, the first of which it answers in this way. */
interface End {
  /** Which grants the provider was asked with, in order. */
  asked: string[];
  /** Which of them are left. */
  left: string[];
  rights: 'as last seen' | 'confirmed' | 'withdrawn';
}

/** The right end: each grant is asked until one settles it, or nobody is there. */
function endOf(answers: readonly [Kind, Kind]): End {
  const asked: string[] = [];
  const left = new Set(['first', 'second']);
  for (const [index, answer] of answers.entries()) {
    const name = index === 0 ? 'first' : 'second';
    // One that can't be opened is of no use, and no reason not to ask with the other.
    if (answer === 'unreadable') continue;
    asked.push(name);
    if (answer === 'ended') left.delete(name);
    if (answer === 'good') return { asked, left: [...left], rights: 'confirmed' };
    if (answer === 'no rights') return { asked, left: [...left], rights: 'withdrawn' };
    if (answer === 'absent') break;
  }
  return { asked, left: [...left], rights: 'as last seen' };
}

async function answerOf(kind: Kind, endpoint: 'token' | 'userinfo', sub: string) {
  const groups = kind === 'no rights' ? [] : ['openclaw-team-leads'];
  const person = kind === 'another person' ? 'somebody-else' : sub;
  switch (kind) {
    case 'odd':
      return { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } };
    case 'absent':
    case 'unreadable':
      return { status: 503, body: {} };
    case 'ended':
      return endpoint === 'token'
        ? { status: 400, body: { error: 'invalid_grant' } }
        : { status: 401, body: {}, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };
    case 'another person':
    case 'no rights':
    case 'good': {
      const claims = { sub: person, tenant: 'acme', groups, org_unit: 'engineering' };
      if (endpoint === 'userinfo') return { status: 200, body: claims };
      const seconds = Math.floor(Date.now() / 1_000);
      const times = { iss: provider.issuer, aud: 'openclaw', iat: seconds, exp: seconds + 900 };
      const access_token = await signToken(key, { ...times, ...claims });
      return { status: 200, body: { access_token, token_type: 'Bearer', refresh_token: 'next' } };
    }
  }
}

const damage = (id: string) =>
  withAdmin(adminUrl, (client) =>
    client.query(
      `UPDATE tenant_acme.grants SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1) WHERE id = $1`,
      [id],
    ),
  );

type GrantKinds = readonly ['refresh' | 'access', 'refresh' | 'access'];

async function endIn(answers: readonly [Kind, Kind], grantKinds: GrantKinds): Promise<End> {
  people += 1;
  const userId = `person-${people}`;
  const names = ['first', 'second'] as const;
  await signIn(stores, { tenantId: 'acme', userId, role: 'user', orgUnit: 'web' });
  const asked: string[] = [];
  const answer = async (endpoint: 'token' | 'userinfo', token: string) => {
    const name = token.includes('first') ? 'first' : 'second';
    asked.push(name);
    return answerOf(answers[name === 'first' ? 0 : 1], endpoint, userId);
  };
  provider.onToken((form) => answer('token', form.get('refresh_token') ?? ''));
  provider.onUserinfo((token) =>
    answer('userinfo', Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()),
  );
  const ids = new Map<string, string>();
  // The one that was answered last comes first.
  for (const [index, name] of names.entries()) {
    const id = newId('grant');
    ids.set(id, name);
    const kind = grantKinds[index] ?? 'refresh';
    const token = kind === 'refresh' ? name : await signToken(key, { sub: userId, of: name });
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    await stores.grants.keep('acme', {
      id,
      userId,
      kind,
      token,
      expiresAt,
      providerSession: null,
      offline: true,
    });
    const lease = { name: 'test', ms: 60_000 };
    await stores.grants.lease('acme', id, lease);
    const usedAt = new Date(Date.now() - (index + 1) * 600_000).toISOString();
    await stores.grants.endLease('acme', id, { name: 'test', next: { token, usedAt } });
    if (answers[index] === 'unreadable') await damage(id);
  }
  const now = () => new Date();
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
  const confirm = createConfirmRights({ ...stores, ask, recordEvent, now, recheckMs: 45_000 });
  await confirm.ofPerson('acme', userId);
  const rights = await stores.people.rights('acme', userId);
  const left = await stores.grants.ofPerson('acme', userId);
  const recorded = (await entriesOf(stores, 'acme')).filter(
    (entry) => entry.userId === userId && entry.event === 'rights.withdrawn',
  );
  expect(recorded).toHaveLength(rights?.withdrawnAt === null ? 0 : 1);
  // Somebody else's answer gave nobody anything.
  expect(await stores.people.rights('acme', 'somebody-else')).toBeUndefined();
  return {
    asked,
    left: names.filter((name) => left.some(({ id }) => ids.get(id) === name)),
    rights:
      rights?.withdrawnAt !== null ? 'withdrawn' : rights.confirmedAt === null ? 'as last seen' : 'confirmed',
  };
}

const cells = kinds.flatMap((first) => kinds.map((second) => [first, second] as const));

describe.each<GrantKinds>([
  ['refresh', 'refresh'],
  ['access', 'refresh'],
])('a person with two grants (%s, %s)', (...grantKinds) => {
  it.each(cells)('%s; %s', async (...answers) => {
    expect(await endIn(answers, grantKinds)).toEqual(endOf(answers));
  });
});

describe('tokens of another person', () => {
  it.each([
    ['by the access token', false],
    ['by the identity token', true],
  ])('%s leave nothing behind', async (_, byIdentityToken) => {
    const userId = `kept-${byIdentityToken}`;
    await signIn(stores, { tenantId: 'acme', userId, role: 'user', orgUnit: 'web' });
    const id = newId('grant');
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    await stores.grants.keep('acme', {
      id,
      userId,
      kind: 'refresh',
      token: 'before',
      expiresAt,
      providerSession: null,
      offline: true,
    });
    const seen: string[] = [];
    provider.onToken(async (form) => {
      seen.push(form.get('refresh_token') ?? '');
      const seconds = Math.floor(Date.now() / 1_000);
      const all = { iss: provider.issuer, iat: seconds, exp: seconds + 900, tenant: 'acme', groups: [] };
      const named = (sub: string, aud: string) => signToken(key, { ...all, sub, aud }, { typ: 'JWT' });
      const access_token = await named(byIdentityToken ? userId : 'somebody-else', 'openclaw');
      const id_token = await named('somebody-else', 'openclaw-web');
      const tokens = { access_token, token_type: 'Bearer', refresh_token: 'of somebody else' };
      return { status: 200, body: byIdentityToken ? { ...tokens, id_token } : tokens };
    });
    const now = () => new Date();
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
    const confirm = createConfirmRights({
      ...stores,
      ask,
      recordEvent: recordEventIn(stores, now),
      now,
      recheckMs: 1,
    });
    expect(await confirm.byGrant({ tenantId: 'acme', userId }, id)).toEqual({
      kind: 'unknown',
      mayAsk: true,
    });
    // No cool-down: the same grant is asked with again at once, and with the token that is the person's.
    expect(await confirm.byGrant({ tenantId: 'acme', userId }, id)).toEqual({
      kind: 'unknown',
      mayAsk: true,
    });
    expect(seen).toEqual(['before', 'before']);
    expect(await stores.people.rights('acme', userId)).toMatchObject({
      withdrawnAt: null,
      confirmedAt: null,
    });
  });
});
