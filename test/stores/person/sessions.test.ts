import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { newId } from '#platform/new-id.ts';
import { createSessionStore, type NewSession, type SessionStore } from '#stores/person/sessions.ts';
import { freshEnvelope } from '../../support/key-ring.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
let sessions: SessionStore;

beforeAll(async () => {
  opened = await openTestStores();
  sessions = opened.stores.sessions;
});
afterAll(() => opened.close());

function session(name: string, overrides: Partial<NewSession> = {}): NewSession {
  return {
    id: newId('session'),
    kind: 'session',
    providerSession: null,
    idHash: sha256Hex(name),
    tenantId: 'acme',
    userId: 'acme-user',
    claims: { refreshToken: 'r1' },
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    ...overrides,
  };
}

describe('createSessionStore', () => {
  it('gives back what was opened, and nothing for an unknown hash', async () => {
    const made = session('one');
    await sessions.open(made);
    expect(await sessions.find(made.idHash)).toMatchObject({ ...made, endedAt: null });
    expect(await sessions.find(sha256Hex('none'))).toBeUndefined();
  });

  it('opens no claims under another key', async () => {
    const made = session('two');
    await sessions.open(made);
    const stranger = createSessionStore({
      database: opened.stores.database,
      envelope: freshEnvelope(),
      ready: async () => {},
    });
    await expect(stranger.find(made.idHash)).rejects.toMatchObject({ code: 'CONTENT_UNREADABLE' });
  });

  it('renews a live session and never an ended one', async () => {
    const made = session('three');
    await sessions.open(made);
    const renewal = {
      claims: { refreshToken: 'r2' },
      expiresAt: new Date(Date.now() + 7_200_000).toISOString(),
    };
    expect(await sessions.renew(made, renewal)).toBe(true);
    expect(await sessions.find(made.idHash)).toMatchObject(renewal);
    await sessions.end(made.idHash);
    const ended = await sessions.find(made.idHash);
    expect(ended?.endedAt).toEqual(expect.any(String));
    expect(await sessions.renew(made, renewal)).toBe(false);
    await sessions.end(made.idHash);
    expect(await sessions.find(made.idHash)).toEqual(ended);
  });

  it('ends every session of one person of one tenant', async () => {
    const person = { userId: 'leaver' };
    const mine = [session('a', person), session('b', person)];
    const others = [session('c'), session('d', { ...person, tenantId: 'globex' })];
    for (const each of [...mine, ...others]) await sessions.open(each);
    const ended = await sessions.endAllOf('acme', 'leaver');
    expect(ended.toSorted()).toEqual(mine.map((each) => each.idHash).toSorted());
    expect(await sessions.endAllOf('acme', 'leaver')).toEqual([]);
    for (const each of others) expect(await sessions.find(each.idHash)).toMatchObject({ endedAt: null });
  });

  it('goes on under another hash, and the old one ends soon', async () => {
    const made = session('before');
    await sessions.open(made);
    const opened = await sessions.find(made.idHash);
    const next = { idHash: sha256Hex('after'), claims: { role: 'other' } };
    const before = {
      id: newId('session'),
      claims: { role: 'before' },
      endsAt: new Date(Date.now() + 10_000).toISOString(),
    };
    expect(await sessions.rotate(made, next, before)).toBe(true);
    const { id, claims, endsAt: expiresAt } = before;
    expect(await sessions.find(made.idHash)).toEqual({ ...opened, id, claims, expiresAt });
    expect(await sessions.find(next.idHash)).toEqual({ ...opened, ...next });
    expect(await sessions.byId('acme', made.id)).toMatchObject(next);
    // Whoever read it before must not write over what it says now.
    const late = { claims: { role: 'late' }, expiresAt };
    expect(await sessions.renew(made, late)).toBe(false);
    expect(await sessions.find(made.idHash)).toMatchObject({ claims });
    await sessions.end(next.idHash);
    const later = { idHash: sha256Hex('later'), claims: {} };
    expect(await sessions.rotate({ ...made, ...next }, later, before)).toBe(false);
    expect(await sessions.find(later.idHash)).toBeUndefined();
  });

  it('goes on once, however many turn it at the same time', async () => {
    const made = session('turned');
    await sessions.open(made);
    const endsAt = new Date(Date.now() + 10_000).toISOString();
    const turned = await Promise.all(
      ['t1', 't2', 't3'].map((name) =>
        sessions.rotate(
          made,
          { idHash: sha256Hex(name), claims: {} },
          { id: newId('session'), claims: {}, endsAt },
        ),
      ),
    );
    expect(turned.filter(Boolean)).toEqual([true]);
  });

  it('lists live sessions of a person, newest first, and no tickets', async () => {
    const person = { userId: 'lister' };
    const [old, young, ended] = [session('l1', person), session('l2', person), session('l3', person)];
    const ticket = session('l4', { ...person, kind: 'ticket' });
    const gone = session('l5', { ...person, expiresAt: new Date(Date.now() - 1_000).toISOString() });
    for (const each of [old, young, ended, ticket, gone]) await sessions.open(each);
    await sessions.end(ended.idHash);
    expect((await sessions.ofPerson('acme', 'lister')).map(({ id }) => id)).toEqual([young.id, old.id]);
    expect(await sessions.ofPerson('globex', 'lister')).toEqual([]);
    expect(await sessions.byId('acme', old.id)).toMatchObject({ userId: 'lister' });
    expect(await sessions.byId('globex', old.id)).toBeUndefined();
    expect(await sessions.byId('acme', ticket.id)).toBeUndefined();
  });

  it('finds whose sign-in at the provider it is', async () => {
    const made = session('sid', { userId: 'sid-user', providerSession: sha256Hex('s1') });
    await sessions.open(made);
    const owner = [{ tenantId: 'acme', userId: 'sid-user' }];
    expect(await sessions.peopleOf({ providerSession: sha256Hex('s1') })).toEqual(owner);
    expect(await sessions.peopleOf({ userId: 'sid-user' })).toEqual(owner);
    await sessions.end(made.idHash);
    expect(await sessions.peopleOf({ providerSession: sha256Hex('s1') })).toEqual([]);
  });

  it('takes a logout token once, however many take it at the same time', async () => {
    const later = new Date(Date.now() + 60_000).toISOString();
    const taken = await Promise.all([1, 2, 3].map(() => sessions.takeLogoutToken(sha256Hex('jti'), later)));
    expect(taken.filter(Boolean)).toEqual([true]);
    const known = await Promise.all(['jti', 'other'].map((jti) => sessions.logoutTokenTaken(sha256Hex(jti))));
    expect(known).toEqual([true, false]);
  });

  it('deletes what ran out, and nothing else', async () => {
    const past = new Date(Date.now() - 1_000).toISOString();
    const longPast = new Date(Date.now() - 25 * 3_600_000).toISOString();
    const over = session('e1', { expiresAt: longPast });
    const ticket = session('e4', { kind: 'ticket', expiresAt: past });
    const [live, justEnded, justOver] = [session('e2'), session('e3'), session('e5', { expiresAt: past })];
    for (const each of [over, ticket, live, justEnded, justOver]) await sessions.open(each);
    await sessions.end(justEnded.idHash);
    await sessions.takeLogoutToken(sha256Hex('old jti'), past);
    expect(await sessions.deleteExpired()).toBeGreaterThanOrEqual(2);
    for (const each of [over, ticket]) expect(await sessions.find(each.idHash)).toBeUndefined();
    expect(await sessions.find(justOver.idHash)).toBeDefined();
    expect(await sessions.find(live.idHash)).toBeDefined();
    expect(await sessions.find(justEnded.idHash)).toBeDefined();
    expect(await sessions.takeLogoutToken(sha256Hex('old jti'), past)).toBe(true);
  });

  it('remembers use at most once a minute', async () => {
    const made = session('seen');
    await sessions.open(made);
    const before = await sessions.find(made.idHash);
    expect(await sessions.touch(made.idHash)).toBe(true);
    expect(await sessions.find(made.idHash)).toEqual(before);
    await sessions.end(made.idHash);
    expect(await sessions.touch(made.idHash)).toBe(false);
  });

  it('keeps no session of a tenant that does not exist', async () => {
    await expect(sessions.open(session('x', { tenantId: 'initech' }))).rejects.toMatchObject({
      code: 'CONTENT_UNREADABLE',
    });
  });
});
