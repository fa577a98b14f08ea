import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { createSessionStore, type NewSession, type SessionStore } from '#stores/sessions.ts';
import { freshEnvelope } from '../support/key-ring.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';

let opened: TestStores;
let sessions: SessionStore;

beforeAll(async () => {
  opened = await openTestStores();
  sessions = opened.stores.sessions;
});
afterAll(() => opened.close());

function session(name: string, overrides: Partial<NewSession> = {}): NewSession {
  return {
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
    const stranger = createSessionStore({ database: opened.stores.database, envelope: freshEnvelope() });
    await expect(stranger.find(made.idHash)).rejects.toMatchObject({ code: 'CONTENT_UNREADABLE' });
  });

  it('renews a live session and never an ended one', async () => {
    const made = session('three');
    await sessions.open(made);
    const renewal = {
      claims: { refreshToken: 'r2' },
      expiresAt: new Date(Date.now() + 7_200_000).toISOString(),
    };
    expect(await sessions.renew(made.idHash, renewal)).toBe(true);
    expect(await sessions.find(made.idHash)).toMatchObject(renewal);
    await sessions.end(made.idHash);
    const ended = await sessions.find(made.idHash);
    expect(ended?.endedAt).toEqual(expect.any(String));
    expect(await sessions.renew(made.idHash, renewal)).toBe(false);
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

  it('remembers use at most once a minute', async () => {
    const made = session('seen');
    await sessions.open(made);
    const before = await sessions.find(made.idHash);
    await sessions.touch(made.idHash);
    expect(await sessions.find(made.idHash)).toEqual(before);
  });

  it('keeps no session of a tenant that does not exist', async () => {
    await expect(sessions.open(session('x', { tenantId: 'initech' }))).rejects.toMatchObject({
      code: '23503',
    });
  });
});
