import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryCache } from '#platform/cache/memory-cache.ts';
import {
  cookieOf,
  openSignInScene,
  type SignInScene,
  valueOf,
  webClientSecret,
} from '../../support/sign-in-scene.ts';
import { createTestApp, openTestIdentity } from '../../support/test-identity.ts';

let scene: SignInScene;
beforeAll(async () => {
  scene = await openSignInScene();
});
afterAll(() => scene?.close());

describe('rights that change at the provider', () => {
  /** The administrator of the provider at work. */
  async function administer(path: string, body: unknown) {
    const response = await fetch(`${scene.provider.url}/admin/accounts/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
  }

  it('reach a session by its refresh token, again and again, and turn its cookie', async () => {
    // Nothing is remembered, so that each call asks the provider: every refresh token is good once there.
    const forgetful = { ...createMemoryCache(), get: async () => undefined };
    const gateway = await createTestApp(
      openTestIdentity({
        stores: scene.stores,
        issuer: scene.provider.url,
        publicUrl: scene.origin,
        clientSecret: webClientSecret,
        cache: forgetful,
        recheckMs: 1,
      }),
    );
    const roleBy = async (cookie: string) => {
      const headers = { host: new URL(scene.origin).host, cookie };
      const response = await gateway.inject({ method: 'GET', url: '/api/v1/who', headers });
      const lines = [response.headers['set-cookie'] ?? []].flat();
      return { ...response.json(), cookie: `session=${valueOf(cookieOf(lines, 'session'))}` };
    };
    const { session } = await scene.signIn('lead@acme.test');
    for (let n = 0; n < 3; n += 1) {
      expect(await roleBy(session)).toMatchObject({ role: 'team_lead', cookie: session });
    }
    await administer('acme-lead/groups', { groups: ['openclaw-users'] });
    const lower = await roleBy(session);
    expect(lower).toMatchObject({ role: 'user' });
    expect(lower.cookie).not.toBe(session);
    expect(await roleBy(lower.cookie)).toMatchObject({ role: 'user', cookie: lower.cookie });
    await administer('acme-lead/groups', { groups: [] });
    expect(await roleBy(lower.cookie)).toMatchObject({ error: 'forbidden' });
    await administer('acme-lead/groups', { groups: ['openclaw-team-leads', 'openclaw-users'] });
    expect(await roleBy(lower.cookie)).toMatchObject({ error: 'session_not_found' });
    await gateway.close();
  });

  it('are changed by no page of another site', async () => {
    const asForm = await fetch(`${scene.provider.url}/admin/accounts/acme-lead/groups`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{"groups":["openclaw-admins"]}',
    });
    expect(asForm.status).toBe(404);
  });
});
