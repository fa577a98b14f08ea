import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { auditPage } from '#domain/audit/audit.schema.ts';
import { auditEntry } from '../../../support/examples.ts';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

let gateway: TestGateway;
const minute = 60_000;

const write = (agoMs: number, actionDetail: string) =>
  gateway.stores.ledger.record('acme', {
    decision: null,
    entries: [
      auditEntry({
        requestId: 'req_pages',
        actionDetail,
        timestamp: new Date(Date.now() - agoMs).toISOString(),
      }),
    ],
    dedupeKey: null,
  });

beforeAll(async () => {
  gateway = await openTestGateway();
  for (const n of [1, 2, 3, 4, 5]) await write(n * minute, `entry ${n}`);
});
afterAll(() => gateway?.close());

async function page(query: string) {
  const answer = await gateway.as(people.admin, {
    url: `/api/v1/audit?request_id=req_pages&limit=2${query}`,
  });
  expect(answer.statusCode).toBe(200);
  return z.parse(auditPage, answer.json());
}

describe('pages of the audit log', () => {
  it('go on by cursor through every entry once, though new ones are written meanwhile', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const part: z.infer<typeof auditPage> = await page(cursor === '' ? '' : `&cursor=${cursor}`);
      seen.push(...part.entries.map((entry) => entry.action_detail));
      cursor = part.next_cursor;
      await write(0, 'written meanwhile');
    }
    expect(seen).toEqual(['entry 1', 'entry 2', 'entry 3', 'entry 4', 'entry 5']);
  });

  it('say how many there are, and that this is exact', async () => {
    const counted = await page('&to=2000-01-01T00:00:00Z');
    expect(counted).toMatchObject({ total: 0, total_exact: true, next_cursor: null, entries: [] });
    expect(await page('&total=exact')).toMatchObject({ total_exact: true, limit: 2, offset: 0 });
  });

  it.each(['x', 'W10', Buffer.from('["2026-01-01T00:00:00.000Z","aud_1"]').toString('base64url')])(
    'refuse the cursor %s',
    async (cursor) => {
      const answer = await gateway.as(people.admin, { url: `/api/v1/audit?cursor=${cursor}` });
      expect(answer.json()).toMatchObject({ error: 'INVALID_REQUEST' });
    },
  );

  it('are found by the random name of their person too', async () => {
    const subject = (await page('')).entries[0]?.subject ?? '';
    expect(subject).toMatch(/^sub_/);
    const byName = await page(`&user_id=${subject}`);
    expect(byName.entries[0]).toMatchObject({ subject, user_id: 'acme-user' });
  });
});
