import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import {
  type FakeProvider,
  makeKey,
  type SigningKey,
  signToken,
  startFakeProvider,
} from '../support/fake-provider.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';
import { createTestApp, openTestIdentity } from '../support/test-identity.ts';

let key: SigningKey;
let provider: FakeProvider;
let opened: TestStores;
let app: FastifyInstance;

beforeAll(async () => {
  key = await makeKey('ES256', 'ec-1');
  provider = await startFakeProvider([key], { userinfo: true });
  opened = await openTestStores();
  const identity = openTestIdentity({
    stores: opened.stores,
    issuer: provider.issuer,
    publicUrl: 'https://gateway.test',
  });
  app = await createTestApp(identity);
});
afterAll(async () => {
  await provider?.close();
  await opened?.close();
});

it('a sign-out that could not be carried out wholly is carried out when the provider tells it again', async () => {
  const seconds = Math.floor(Date.now() / 1_000);
  const stated = new Date((seconds - 60) * 1_000).toISOString();
  const mia = { userId: 'mia', role: 'team_lead', orgUnit: 'engineering', email: null, name: null } as const;
  for (const tenant of ['acme', 'globex']) {
    await opened.stores.people.seen(tenant, { ...mia, statedAt: stated, issuedAt: stated });
  }
  const logout = await signToken(
    key,
    {
      iss: provider.issuer,
      aud: 'openclaw-web',
      iat: seconds,
      exp: seconds + 120,
      jti: 'one',
      sub: 'mia',
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    },
    { typ: 'logout+jwt' },
  );
  const notify = async () =>
    (
      await app.inject({
        method: 'POST',
        url: '/auth/backchannel-logout',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ logout_token: logout }).toString(),
      })
    ).statusCode;
  const audit = (statement: string) =>
    withAdmin(opened.databases.auditAdminUrl, (client) => client.query(statement));

  await audit('ALTER SCHEMA ledger RENAME TO ledger_away');
  const first = await notify();
  await audit('ALTER SCHEMA ledger_away RENAME TO ledger');
  const again = await notify();
  const signedOut = await Promise.all(
    ['acme', 'globex'].map(
      async (tenant) => (await opened.stores.people.rights(tenant, 'mia'))?.notBefore !== null,
    ),
  );
  expect({ first, again, signedOut }).toEqual({ first: 503, again: 200, signedOut: [true, true] });
});
