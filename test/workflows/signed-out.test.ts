import type { FastifyInstance } from 'fastify';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityParts } from '#gateway/identity/identity-parts.ts';
import { tellLookAgain } from '#gateway/temporal/tell-look-again.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { newId } from '#platform/new-id.ts';
import { ask, comment, decide, openQuestion } from '../support/ask.ts';
import { admin, asker, lead, signIn } from '../support/cast.ts';
import { eventually } from '../support/eventually.ts';
import {
  type FakeProvider,
  makeKey,
  type SigningKey,
  signToken,
  startFakeProvider,
} from '../support/fake-provider.ts';
import { createTestApp, openTestIdentity } from '../support/test-identity.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const minute = 60_000;
/** The provider's name for the sign-in with which the lead approves. */
const sid = 'sign-in-1';

let key: SigningKey;
let provider: FakeProvider;
let worker: TestWorker;
let identity: IdentityParts;
let gateway: FastifyInstance;

beforeAll(async () => {
  key = await makeKey('ES256', 'k');
  provider = await startFakeProvider([key], { userinfo: true });
  worker = await startTestWorker({
    openConfirm: (stores) => {
      // Gateway and worker ask the same provider, about the same people.
      const settings = { stores, issuer: provider.issuer, publicUrl: 'https://gateway.test', recheckMs: 1 };
      identity = openTestIdentity(settings);
      return identity.confirm;
    },
  });
  gateway = await createTestApp(identity);
});
afterAll(async () => {
  await gateway?.close();
  await worker?.close();
  await provider.close();
});

beforeEach(async () => {
  worker.clock.aheadMs = 0;
  worker.provider.nextSends = [];
  await signIn(worker.stores, asker, lead, admin);
});

/** How the lead is signed in with the browser, and whether the provider keeps the refresh token after the sign-out. */
const grants = {
  'an online grant': { offline: false, killed: false },
  'an online grant that the provider ends': { offline: false, killed: true },
  'an offline grant': { offline: true, killed: false },
  'an offline grant that the provider ends all the same': { offline: true, killed: true },
} as const;

/** What the provider tells. */
const notices = {
  'of that sign-in': { sid },
  'of that sign-in and its person': { sid, sub: lead.userId },
  'of the person': { sub: lead.userId },
} as const satisfies Record<string, JWTPayload>;

async function keepGrant(offline: boolean): Promise<string> {
  await worker.stores.grants.removeAllOf('acme', lead.userId);
  const id = newId('grant');
  await worker.stores.grants.keep('acme', {
    id,
    userId: lead.userId,
    kind: 'refresh',
    token: 'r0',
    expiresAt: new Date(Date.now() + 60 * minute).toISOString(),
    providerSession: sha256Hex(sid),
    offline,
  });
  return id;
}

function providerSays(said: () => { isOver: boolean; groups: readonly string[] }) {
  provider.onToken(async () => {
    const { isOver, groups } = said();
    if (isOver) return { status: 400, body: { error: 'invalid_grant' } };
    const seconds = Math.floor(Date.now() / 1_000);
    const access_token = await signToken(key, {
      iss: provider.issuer,
      aud: 'openclaw',
      iat: seconds,
      exp: seconds + 900,
      sub: lead.userId,
      tenant: 'acme',
      org_unit: lead.orgUnit,
      groups,
    });
    return { status: 200, body: { access_token, token_type: 'Bearer', refresh_token: 'next' } };
  });
}

async function signOutAtProvider(claims: JWTPayload): Promise<void> {
  const seconds = Math.floor(Date.now() / 1_000);
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const all = { iss: provider.issuer, aud: 'openclaw-web', iat: seconds, exp: seconds + 120 };
  const told = { ...all, jti: newId('vote'), events: event, ...claims };
  const { statusCode } = await gateway.inject({
    method: 'POST',
    url: '/auth/backchannel-logout',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({
      logout_token: await signToken(key, told, { typ: 'logout+jwt' }),
    }).toString(),
  });
  expect(statusCode).toBe(200);
}

/** Approved by the lead, and waiting for a time that the provider of the action named. */
async function waiting() {
  const asked = await ask(worker, [comment()], { approvalExpiresMs: 30 * minute });
  worker.provider.nextSends = [{ limitedMs: 10 * minute }];
  await decide(worker, asked.requestId, lead, 'approve');
  await eventually(
    () => worker.stores.requests.actionsOf('acme', asked.requestId),
    ([action]) => action !== undefined && action.waits !== null,
  );
  return asked;
}

/** The time has come. */
async function timeComes(requestId: string): Promise<void> {
  worker.clock.aheadMs = 10 * minute + 1_000;
  await tellLookAgain(worker.temporal, asker, requestId);
}

const effectsOf = (requestId: string) =>
  worker.provider.effects.filter((run) => run.startsWith(`${requestId}/`));

const cells = Object.keys(grants).flatMap((grant) =>
  Object.keys(notices).map((notice) => [grant, notice] as [keyof typeof grants, keyof typeof notices]),
);

describe('an approved action that waits while its voter signs out at the provider', () => {
  it.each(cells)('%s, a notice %s: it is carried out, once', async (grant, notice) => {
    const { offline, killed } = grants[grant];
    let isOver = false;
    providerSays(() => ({ isOver, groups: ['openclaw-team-leads'] }));
    await keepGrant(offline);
    const { requestId, handle } = await waiting();
    const { approvalId } = await openQuestion(worker, requestId);
    await signOutAtProvider(notices[notice]);
    isOver = killed;
    expect(await worker.stores.grants.ofPerson('acme', lead.userId)).toHaveLength(offline ? 1 : 0);
    await timeComes(requestId);
    expect(await handle.result()).toEqual({ state: 'answered' });
    expect(effectsOf(requestId)).toEqual([`${requestId}/1`]);
    expect(await worker.stores.approvals.get('acme', approvalId)).toMatchObject({
      state: 'consumed',
      round: 1,
    });
    expect(await worker.stores.people.rights('acme', lead.userId)).toMatchObject({ withdrawnAt: null });
  });

  it('a voter who has no role by then has not voted: people are asked again', async () => {
    let groups = ['openclaw-team-leads'];
    providerSays(() => ({ isOver: false, groups }));
    await keepGrant(true);
    const { requestId, handle } = await waiting();
    await signOutAtProvider({ sub: lead.userId });
    groups = [];
    await timeComes(requestId);
    await eventually(
      () => openQuestion(worker, requestId),
      ({ round }) => round === 2,
    );
    expect(effectsOf(requestId)).toEqual([]);
    await eventually(
      () => decide(worker, requestId, admin, 'approve').catch((error: unknown) => String(error)),
      (answer) => typeof answer !== 'string',
    );
    expect(await handle.result()).toEqual({ state: 'answered' });
    expect(effectsOf(requestId)).toEqual([`${requestId}/1~2`]);
  });
});
