import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSignInScene, type SignInScene } from '../../support/sign-in-scene.ts';

let scene: SignInScene;
beforeAll(async () => {
  scene = await openSignInScene();
});
afterAll(() => scene?.close());

describe('signing out', () => {
  const sessionId = async (session: string): Promise<string> =>
    (await scene.get('/api/v1/auth/userinfo', session)).json().sessionId;
  const logout = (headers: Record<string, string>) =>
    scene.app.inject({ method: 'POST', url: '/auth/logout', headers });

  it('ends the session, at once, on the record, and says where the provider ends its own', async () => {
    const { session } = await scene.signIn('user@acme.test');
    expect((await scene.get('/api/v1/who', session)).statusCode).toBe(200);
    const response = await logout({
      cookie: session,
      origin: scene.origin,
      'x-session-id': await sessionId(session),
    });
    expect(response.json()).toEqual({
      signedOut: true,
      endSessionUrl: expect.stringContaining(`${scene.provider.url}/session/end?`),
    });
    expect(response.headers['set-cookie']).toBe('session=; HttpOnly; SameSite=Strict; Max-Age=0; Path=/');
    expect((await scene.get('/api/v1/who', session)).json()).toMatchObject({ error: 'session_not_found' });
    expect((await scene.auditOf('session.closed'))[0]).toMatchObject({
      userId: 'acme-user',
      outcome: 'success',
    });
  });

  it('is refused when another site asks for it', async () => {
    const { session } = await scene.signIn('user@acme.test');
    for (const from of [
      {},
      { origin: 'http://evil.test' },
      { origin: 'null' },
      { origin: scene.origin.replace('127.0.0.1', 'localhost') },
      { origin: scene.origin, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      expect((await logout({ cookie: session, ...from })).json()).toMatchObject({ error: 'forbidden' });
    }
    expect((await scene.get('/api/v1/who', session)).statusCode).toBe(200);
  });

  it('is refused from the page of another session, and of none', async () => {
    const { session } = await scene.signIn('user@acme.test');
    const other = await sessionId((await scene.signIn('lead@acme.test')).session);
    for (const named of [{}, { 'x-session-id': other }, { 'x-session-id': '' }]) {
      const response = await logout({ cookie: session, origin: scene.origin, ...named });
      expect([response.statusCode, response.json().error]).toEqual([409, 'SESSION_CHANGED']);
      expect(response.headers['set-cookie']).toBeUndefined();
    }
    expect((await scene.get('/api/v1/who', session)).statusCode).toBe(200);
  });

  it('without a session, or with a broken one, still clears the cookie', async () => {
    for (const cookie of ['', 'session=broken', `session=${'0'.repeat(64)}`]) {
      const response = await logout({ cookie, origin: scene.origin });
      expect(response.statusCode).toBe(200);
      expect(response.headers['set-cookie']).toContain('Max-Age=0');
    }
  });
});
