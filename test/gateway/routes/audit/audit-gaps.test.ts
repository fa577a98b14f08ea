import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createMetrics } from '#gateway/http/metrics.ts';
import { createCountGaps } from '#gateway/status/count-gaps.ts';
import { auditEntry } from '../../../support/examples.ts';
import { openTestGateway, type TestGateway } from '../../../support/test-gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

const status = z.object({ status: z.string(), components: z.object({ audit: z.string() }) });

it('the status tells of a gap in the audit record, and of no tenant', async () => {
  const look = async () => {
    // Not the answer that is kept for two seconds.
    const other = await gateway.reopen({});
    try {
      return await other.app.inject({ url: '/api/v1/status' });
    } finally {
      await other.close();
    }
  };
  expect(z.parse(status, (await look()).json()).components.audit).toBe('healthy');
  const gap = { kind: 'claim_without_outcome', ref: 'req_gone/1' } as const;
  const entry = auditEntry({ event: 'audit.gap_found', outcome: 'error', metadata: { ...gap } });
  expect(await gateway.stores.gaps.record('acme', gap, entry)).toBe(true);
  expect(await gateway.stores.gaps.record('acme', gap, { ...entry, id: auditEntry().id })).toBe(false);
  // Without an entry that tells of it, nothing goes on the list of what need not be told again.
  const other = { ...gap, ref: 'req_gone/2' };
  await expect(gateway.stores.gaps.record('acme', other, auditEntry())).rejects.toThrow();
  await expect(gateway.stores.gaps.record('acme', other, entry)).rejects.toThrow();
  expect(await gateway.stores.gaps.unrecorded('acme', [gap, other])).toEqual([other]);
  const answer = await look();
  expect(answer.statusCode).toBe(503);
  expect(z.parse(status, answer.json())).toEqual({ status: 'degraded', components: { audit: 'unhealthy' } });
  expect(answer.body).not.toContain('acme');
  expect(answer.body).not.toContain('req_gone');
});

it('the metrics count gaps of the last day, and name none', async () => {
  const metricsToken = 'm'.repeat(32);
  const other = await gateway.reopen({ METRICS_TOKEN: metricsToken });
  const text = (
    await other.app.inject({ url: '/metrics', headers: { authorization: `Bearer ${metricsToken}` } })
  ).body;
  await other.close();
  const since = new Date(Date.now() - 86_400_000).toISOString();
  const found = await gateway.stores.gaps.foundSince(since);
  expect(found).toBeGreaterThan(0);
  expect(text).toMatch(new RegExp(`^openclaw_audit_gaps ${found}$`, 'm'));
  expect(text).not.toMatch(/acme|req_gone/);
});

it('the metrics ask for gaps now and then, and have no number while nobody can tell', async () => {
  let asked = 0;
  let answer = async () => 3;
  const gaps = {
    foundSince: () => {
      asked += 1;
      return answer();
    },
  };
  const now = () => new Date();
  const patient = createMetrics({ lookAtKeys: async () => [], countGaps: createCountGaps({ gaps, now }) });
  for (const _ of [1, 2, 3]) expect(await patient.text()).toMatch(/^openclaw_audit_gaps 3$/m);
  expect(asked).toBe(1);

  const eager = createMetrics({
    lookAtKeys: async () => [],
    countGaps: createCountGaps({ gaps, now, maxAgeMs: 0, waitMs: 20 }),
  });
  expect(await eager.text()).toMatch(/^openclaw_audit_gaps 3$/m);
  answer = async () => {
    throw new Error('away');
  };
  expect(await eager.text()).not.toMatch(/^openclaw_audit_gaps /m);
  answer = () => new Promise(() => {});
  expect(await eager.text()).not.toMatch(/^openclaw_audit_gaps /m);
  answer = async () => 0;
  expect(await eager.text()).toMatch(/^openclaw_audit_gaps 0$/m);
});
