import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { newId } from '#platform/new-id.ts';
import { openTestGateway, people, type TestGateway } from './test-gateway.ts';

/** Nothing listens there. */
const nowhere = '127.0.0.1:9';

describe('with Temporal away', () => {
  let gateway: TestGateway;
  afterEach(() => gateway?.close());

  it('requests are taken, reads go on, decisions get 503, and nothing counts as decided', async () => {
    gateway = await openTestGateway({ TEMPORAL_ADDRESS: nowhere });
    const input = { repository: 'acme/website', issue_number: 7, body: 'Hi' };
    const taken = await gateway.as(people.user, {
      method: 'POST',
      url: '/api/v1/requests',
      payload: { actions: [{ action: 'github_issue_comment', input }] },
    });
    expect(taken.statusCode).toBe(202);
    const { id: requestId } = taken.json();
    expect((await gateway.as(people.user, { url: `/api/v1/requests/${requestId}` })).statusCode).toBe(200);
    expect((await gateway.app.inject({ url: '/readyz' })).statusCode).toBe(200);

    const digest = 'c'.repeat(64);
    const approval = await gateway.stores.approvals.open('acme', {
      id: newId('approval'),
      requestId,
      n: 1,
      runId: `${requestId}/1`,
      round: 1,
      requesterId: people.user.sub,
      requesterOrgUnit: people.user.orgUnit,
      approvers: { role: 'team_lead', orgUnit: people.user.orgUnit },
      action: 'github_issue_comment',
      target: 'acme/website#7',
      preview: 'Hi',
      classification: 'internal',
      digest,
      reason: 'comments need a human',
      policyApplied: '',
      decisionId: newId('decision'),
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    const decision = await gateway.as(people.lead, {
      method: 'POST',
      url: `/api/v1/approvals/${approval.id}/decision`,
      payload: { decision: 'approve', digest },
    });
    expect(decision.statusCode).toBe(503);
    expect(decision.json().error).toBe('TEMPORAL_UNAVAILABLE');
    expect(Number(decision.headers['retry-after'])).toBeGreaterThan(0);
    expect(await gateway.stores.approvals.get('acme', approval.id)).toMatchObject({ state: 'pending' });
    expect(await gateway.stores.approvals.votes('acme', approval.id)).toEqual([]);

    const status = await gateway.app.inject({ url: '/api/v1/status' });
    expect(status.statusCode).toBe(503);
    expect(status.json()).toMatchObject({
      status: 'degraded',
      components: { temporal: 'unhealthy', database: 'healthy', policyEngine: 'healthy' },
    });
  });

  it('a request is started by the sweeper of another gateway once Temporal is back, once', async () => {
    gateway = await openTestGateway({ TEMPORAL_ADDRESS: nowhere });
    const { id } = (
      await gateway.as(people.user, { method: 'POST', url: '/api/v1/requests', payload: { text: 'hello' } })
    ).json();
    expect(await gateway.gateway.sweeper.sweep()).toBe(0);
    expect(await gateway.stores.requests.get('acme', id)).toMatchObject({ state: 'received' });

    const other = await gateway.reopen({ FIRST_ANSWER_MS: '1' });
    try {
      await pause(2_100);
      expect(await other.sweeper.sweep()).toBe(1);
      expect(await gateway.stores.requests.get('acme', id)).toMatchObject({ state: 'running' });
      expect(await other.sweeper.sweep()).toBe(0);
    } finally {
      await other.close();
    }
  });
});

describe('with PostgreSQL away', () => {
  it('everything that needs it answers 503 with its code, and works again when it is back', async () => {
    const gateway = await openTestGateway();
    const admin = new Client({
      connectionString: gateway.databases.adminUrl.replace(/\/[^/]*$/, '/postgres'),
    });
    await admin.connect();
    const name = new URL(gateway.databases.databaseUrl).pathname.slice(1);
    try {
      expect((await gateway.as(people.user, { url: '/api/v1/requests' })).statusCode).toBe(200);
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      for (const url of ['/api/v1/requests', '/readyz']) {
        const answer = await gateway.as(people.user, { url });
        expect(answer.statusCode, url).toBe(503);
        expect(answer.json().error, url).toBe('DATABASE_UNAVAILABLE');
      }
      const refused = await gateway.as(people.user, {
        method: 'POST',
        url: '/api/v1/requests',
        payload: { text: 'hello' },
      });
      expect(refused.statusCode).toBe(503);
      expect((await gateway.app.inject({ url: '/healthz' })).statusCode).toBe(200);
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
      expect((await gateway.as(people.user, { url: '/api/v1/requests' })).statusCode).toBe(200);
    } finally {
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
      await admin.end();
      await gateway.close();
    }
  });
});
