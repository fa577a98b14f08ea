import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { auditEntry } from '../stores/examples.ts';
import { openTestGateway, type TestGateway } from './test-gateway.ts';

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
  const entry = auditEntry({ event: 'audit.gap_found', outcome: 'error' });
  expect(await gateway.stores.gaps.record('acme', gap, entry)).toBe(true);
  expect(await gateway.stores.gaps.record('acme', gap, auditEntry())).toBe(false);
  const answer = await look();
  expect(answer.statusCode).toBe(503);
  expect(z.parse(status, answer.json())).toEqual({ status: 'degraded', components: { audit: 'unhealthy' } });
  expect(answer.body).not.toContain('acme');
  expect(answer.body).not.toContain('req_gone');
});
