import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { newApproval } from '../../support/examples.ts';
import { openLine } from '../../support/line.ts';
import { openTestGateway, people, type TestGateway } from '../../support/test-gateway.ts';

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
    const approval = await gateway.stores.approvals.open('acme', newApproval(requestId, { digest }));
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
    expect(await gateway.gateway.loops.sweep()).toBe(0);
    expect(await gateway.stores.requests.get('acme', id)).toMatchObject({ state: 'received' });

    const other = await gateway.reopen({ FIRST_ANSWER_MS: '1' });
    try {
      await pause(2_100);
      expect(await other.loops.sweep()).toBe(1);
      expect(await gateway.stores.requests.get('acme', id)).toMatchObject({ state: 'running' });
      expect(await other.loops.sweep()).toBe(0);
    } finally {
      await other.close();
    }
  });
});

describe('with PostgreSQL away', () => {
  it('everything that needs it answers 503 with its code, and works again when it is back', async () => {
    const postgres = new URL(inject('postgresAdminUrl'));
    const line = await openLine({ host: postgres.hostname, port: Number(postgres.port) });
    const through = (url: string) => {
      const address = new URL(url);
      address.host = `127.0.0.1:${line.port}`;
      return address.href;
    };
    const gateway = await openTestGateway(({ databaseUrl, auditDatabaseUrl }) => ({
      DATABASE_URL: through(databaseUrl),
      AUDIT_DATABASE_URL: through(auditDatabaseUrl),
    }));
    try {
      expect((await gateway.as(people.user, { url: '/api/v1/requests' })).statusCode).toBe(200);
      await line.cut();
      const heard = await Promise.all(
        ['/api/v1/requests', '/api/v1/audit', '/readyz'].map(async (url) => {
          const { statusCode, headers, json } = await gateway.as(people.user, { url });
          return [url, statusCode, json().error, headers['retry-after'] !== undefined];
        }),
      );
      expect(heard).toEqual([
        ['/api/v1/requests', 503, 'DATABASE_UNAVAILABLE', true],
        ['/api/v1/audit', 503, 'AUDIT_WRITE_FAILED', true],
        ['/readyz', 503, 'DATABASE_UNAVAILABLE', true],
      ]);
      const ask = { method: 'POST', url: '/api/v1/requests', payload: { text: 'hello' } } as const;
      expect((await gateway.as(people.user, ask)).statusCode).toBe(503);
      expect((await gateway.app.inject({ url: '/healthz' })).statusCode).toBe(200);
      const status = (await gateway.app.inject({ url: '/api/v1/status' })).json();
      expect(status.components).toMatchObject({
        gateway: 'healthy',
        database: 'unhealthy',
        audit: 'unhealthy',
      });

      await line.mend();
      expect((await gateway.as(people.user, ask)).statusCode).toBe(202);
      expect((await gateway.as(people.user, { url: '/api/v1/requests' })).json().requests).toHaveLength(1);
    } finally {
      await line.mend();
      await gateway.close();
      await line.cut();
    }
  });
});
