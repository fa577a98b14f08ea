import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedGroupRoles } from '#domain/person/role.ts';
import { createVoidVotes } from '#gateway/loops/void-votes.ts';
import { createEndApproval } from '#governance/end-approval.ts';
import { createConfirmRights } from '#governance/person/confirm-rights.ts';
import { createRightsNow } from '#governance/person/rights-now.ts';
import { newId } from '#platform/new-id.ts';
import { openOidc } from '#platform/oidc/open-oidc.ts';
import { asked, openActScene } from '../../support/act-scene.ts';
import { asker, lead } from '../../support/cast.ts';
import {
  type FakeProvider,
  makeKey,
  type SigningKey,
  signToken,
  startFakeProvider,
} from '../../support/fake-provider.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { recordEventIn } from '../../support/record-event.ts';

let key: SigningKey;
let provider: FakeProvider;
let opened: TestStores;

beforeAll(async () => {
  key = await makeKey('ES256', 'k');
  provider = await startFakeProvider([key], { userinfo: true });
  opened = await openTestStores();
});
afterAll(async () => {
  await provider.close();
  await opened?.close();
});

interface Said {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

const html = { 'content-type': 'text/html' };
const body = '<!doctype html><title>Maintenance</title>';

/** What the provider answers when it is out of order, at either endpoint. */
const malfunctions: Record<string, Said> = {
  ...Object.fromEntries(
    [200, 400, 401, 403, 404, 410, 429, 500, 502, 503].map((status) => [
      `${status} with a page`,
      { status, body, headers: html },
    ]),
  ),
  '401 invalid_client': { status: 401, body: { error: 'invalid_client' } },
  '400 invalid_client': { status: 400, body: { error: 'invalid_client' } },
  '403 unauthorized_client': { status: 403, body: { error: 'unauthorized_client' } },
  '500 invalid_grant': { status: 500, body: { error: 'invalid_grant' } },
  'half an answer': { status: 200, body: '{"access_token":"x","sub":' },
  'nothing at all': { status: 200, body: '' },
  'a list': { status: 200, body: '[]' },
  'a redirect': { status: 302, body: '', headers: { location: '/maintenance' } },
  'an answer without end': { status: 200, body: `{"x":"${'x'.repeat(1_200_000)}"}` },
};

/** What it says about a person when it is well: that a sign-in is over is about no right, that they have no role is. */
const verdicts = ['confirmed', 'sign-in is over', 'no role'] as const;
type Verdict = (typeof verdicts)[number];

type GrantKind = 'refresh' | 'access';
type Word = { malfunction: Said } | { verdict: Verdict };

const groupsOf = (userId: string) => (userId === lead.userId ? 'openclaw-team-leads' : 'openclaw-users');

async function answer(word: Word, endpoint: 'token' | 'userinfo', userId: string): Promise<Said> {
  if ('malfunction' in word) return word.malfunction;
  if (word.verdict === 'sign-in is over') {
    return endpoint === 'token'
      ? { status: 400, body: { error: 'invalid_grant' } }
      : { status: 401, body: {}, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };
  }
  const { orgUnit: org_unit } = userId === lead.userId ? lead : asker;
  const groups = word.verdict === 'no role' ? [] : [groupsOf(userId)];
  const claims = { sub: userId, tenant: 'acme', groups, org_unit };
  if (endpoint === 'userinfo') return { status: 200, body: claims };
  const seconds = Math.floor(Date.now() / 1_000);
  const times = { iss: provider.issuer, aud: 'openclaw', iat: seconds, exp: seconds + 900 };
  const access_token = await signToken(key, { ...times, ...claims });
  return { status: 200, body: { access_token, token_type: 'Bearer', refresh_token: userId } };
}

/** Approved by the lead, and not sent yet; from now on the provider says this about that person. */
async function scene(word: Word, about: string, kind: GrantKind) {
  const { people, grants } = opened.stores;
  const now = () => new Date();
  for (const { userId, role, orgUnit } of [asker, lead]) {
    const at = now().toISOString();
    await people.confirmed('acme', { userId, role, orgUnit, email: null, name: null, statedAt: at }, at);
    await grants.removeAllOf('acme', userId);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const token = kind === 'refresh' ? userId : await signToken(key, { sub: userId });
    const ids = { id: newId('grant'), userId, providerSession: null };
    await grants.keep('acme', { ...ids, kind, token, expiresAt, offline: true });
  }
  const well: Word = { verdict: 'confirmed' };
  const times: string[] = [];
  const say = (endpoint: 'token' | 'userinfo', userId: string) => {
    times.push(userId);
    return answer(userId === about ? word : well, endpoint, userId);
  };
  provider.onToken((form) => say('token', form.get('refresh_token') ?? ''));
  provider.onUserinfo((token) =>
    say('userinfo', JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub),
  );
  const { ask } = openOidc({
    issuer: provider.issuer,
    audience: 'openclaw',
    clientId: 'openclaw-web',
    cliClientId: 'openclaw-cli',
    claims: { tenant: 'tenant', orgUnit: 'org_unit', groups: 'groups' },
    groupRoles: shippedGroupRoles,
    rightsCheck: 'userinfo',
    tenants: opened.stores.tenants,
  });
  const recordEvent = recordEventIn(opened.stores, now);
  const confirm = createConfirmRights({ ...opened.stores, ask, recordEvent, now, recheckMs: 1 });
  const rightsNow = createRightsNow({ people, now, rightsMaxAgeMs: 86_400_000, confirm });
  const made = await openActScene(opened, { rightsNow });
  const approval = await made.approve(asked(await made.act()).question);
  for (const vote of approval.votes) await opened.stores.approvals.recordVote('acme', vote);
  times.length = 0;
  const told: string[] = [];
  const look = createVoidVotes({
    ...opened.stores,
    checkVote: made.checkVote,
    endApproval: createEndApproval({ ...opened.stores, checkVote: made.checkVote }),
    recordEvent,
    lookAgain: async (_voter, requestId) => {
      told.push(requestId);
    },
  });
  const stateOf = async () =>
    (await opened.stores.approvals.get('acme', approval.question.approvalId))?.state;
  return { made, approval, look, told, times, stateOf };
}

/** Where the provider is asked, and about whom. */
const places = {
  'about the requester, at the effect': asker.userId,
  'about the voter, at the effect': lead.userId,
  'about the voter, by the loop that looks for void votes': lead.userId,
} as const;
type Place = keyof typeof places;

interface End {
  result: string | undefined;
  effects: number;
  approval: string | undefined;
  toldToLook: boolean;
  /** With which the provider can still be asked about the person. */
  grants: number;
  wasAsked: boolean;
}

async function endIn(word: Word, place: Place, kind: GrantKind): Promise<End> {
  const about = places[place];
  const { made, approval, look, told, times, stateOf } = await scene(word, about, kind);
  const isLoop = place === 'about the voter, by the loop that looks for void votes';
  if (isLoop) await look();
  const wasAsked = times.includes(about);
  // After a look that changed nothing, the work goes on as it would have.
  const { kind: result } = isLoop ? { kind: undefined } : await made.act({ approval });
  return {
    result,
    effects: made.provider.effects.length,
    approval: await stateOf(),
    toldToLook: told.includes(made.requestId),
    grants: (await opened.stores.grants.ofPerson('acme', about)).length,
    wasAsked: wasAsked || times.includes(about),
  };
}

function endOf(verdict: Verdict | null, place: Place): End {
  const isVerdictOfNoRole = verdict === 'no role';
  const quiet = { toldToLook: false, wasAsked: true, grants: verdict === 'sign-in is over' ? 0 : 1 };
  switch (place) {
    case 'about the requester, at the effect':
      return isVerdictOfNoRole
        ? { ...quiet, result: 'denied', effects: 0, approval: 'stale' }
        : { ...quiet, result: 'done', effects: 1, approval: 'consumed' };
    case 'about the voter, at the effect':
      return isVerdictOfNoRole
        ? { ...quiet, result: 'needs_approval', effects: 0, approval: 'stale' }
        : { ...quiet, result: 'done', effects: 1, approval: 'consumed' };
    case 'about the voter, by the loop that looks for void votes':
      return isVerdictOfNoRole
        ? { ...quiet, result: undefined, effects: 0, approval: 'stale', toldToLook: true }
        : { ...quiet, result: undefined, effects: 0, approval: 'approved' };
  }
}

const everyPlace = Object.keys(places) as Place[];
/** Each row at each place, with one kind of grant and then with the other. */
const cross = <T>(rows: readonly T[]) =>
  rows.flatMap((row, index) =>
    everyPlace.map((place, at): [T, Place, GrantKind] => [
      row,
      place,
      (index + at) % 2 === 0 ? 'refresh' : 'access',
    ]),
  );

describe('work that was approved', () => {
  it.each(cross(Object.keys(malfunctions)))(
    'goes on, whatever is wrong at the provider: %s, %s (%s)',
    async (name, place, kind) => {
      const malfunction = malfunctions[name];
      if (malfunction === undefined) throw new Error(name);
      expect(await endIn({ malfunction }, place, kind)).toEqual(endOf(null, place));
    },
  );

  it.each(cross(verdicts))('follows what the provider says: %s, %s (%s)', async (verdict, place, kind) => {
    expect(await endIn({ verdict }, place, kind)).toEqual(endOf(verdict, place));
  });
});
