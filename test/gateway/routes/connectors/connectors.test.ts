import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectors } from '#connectors/registry.ts';
import type { ConnectorRow } from '#domain/action/connector.schema.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

const patience = { timeout: 15_000, interval: 100 };

let gateway: TestGateway;
let second: Awaited<ReturnType<TestGateway['reopen']>>;

beforeAll(async () => {
  gateway = await openTestGateway();
  second = await gateway.reopen({});
  await second.app.ready();
});
afterAll(async () => {
  await second?.close();
  await gateway?.close();
});

async function connectorsOf(app: TestGateway['app']): Promise<readonly ConnectorRow[]> {
  const headers = { authorization: `Bearer ${await gateway.token(people.lead)}` };
  return (await app.inject({ url: '/api/v1/connectors', headers })).json().connectors;
}

const githubOf = async (app: TestGateway['app']) =>
  (await connectorsOf(app)).filter(({ name }) => name === 'github');

const allow = (connectors: readonly string[]) =>
  gateway.as(people.admin, {
    method: 'PUT',
    url: '/api/v1/policies/pol_integrations',
    payload: { rules: { allowed_connectors: connectors }, change_reason: 'test' },
  });

describe('connectors', () => {
  it('are told with what is known of them, and nothing made up', async () => {
    const all = await connectorsOf(gateway.app);
    expect(all.map(({ name }) => name)).toEqual(connectors.map(({ name }) => name));
    expect(await githubOf(gateway.app)).toEqual([
      {
        name: 'github',
        status: 'active',
        last_sync: null,
        items_synced: 0,
        error: null,
        health: { latency_ms: null, success_rate_24h: null, last_error: null },
      },
    ]);
  });

  it('are disabled in every gateway when policy no longer lists them, and come back', async () => {
    const statuses = async () => {
      const lists = await Promise.all([gateway.app, second.app].map(githubOf));
      return lists.flat().map(({ status }) => status);
    };
    expect(await statuses()).toEqual(['active', 'active']);
    expect((await allow(['gmail'])).statusCode).toBe(200);
    await vi.waitFor(async () => expect(await statuses()).toEqual(['disabled', 'disabled']), patience);
    expect((await allow(['gmail', 'github'])).statusCode).toBe(200);
    await vi.waitFor(async () => expect(await statuses()).toEqual(['active', 'active']), patience);
  });

  it('are nothing for people without a team', async () => {
    expect((await gateway.as(people.user, { url: '/api/v1/connectors' })).statusCode).toBe(403);
  });
});

describe('status', () => {
  const engine = async () =>
    (await gateway.app.inject({ url: '/api/v1/status' })).json().components.policyEngine;

  it('is degraded while stored policies are not the ones that were signed, and they are not enforced', async () => {
    expect(await engine()).toBe('healthy');
    const spoil = (rules: string) =>
      withAdmin(gateway.databases.adminUrl, async (client) => {
        await client.query('SET session_replication_role = replica');
        const { rows } = await client.query(
          `WITH before AS (SELECT rules FROM tenant_acme.policies WHERE domain = 'integrations' AND level = 'enterprise' AND status = 'active')
           UPDATE tenant_acme.policies SET rules = $1
           WHERE domain = 'integrations' AND level = 'enterprise' AND status = 'active'
           RETURNING (SELECT rules FROM before) AS rules`,
          [rules],
        );
        await client.query(`SELECT pg_notify('openclaw_policies', '{"tenant":"acme"}')`);
        return JSON.stringify(rows[0].rules);
      });
    const good = await spoil('{"allowed_connectors": []}');
    await vi.waitFor(async () => expect(await engine()).toBe('unhealthy'), patience);
    expect(await githubOf(gateway.app)).toMatchObject([{ status: 'active' }]);
    const change = await allow(['gmail']);
    expect([change.statusCode, change.json().error]).toEqual([409, 'POLICY_SET_REFUSED']);
    await spoil(good);
    await vi.waitFor(async () => expect(await engine()).toBe('healthy'), patience);
  });
});
