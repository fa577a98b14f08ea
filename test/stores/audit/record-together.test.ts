import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '#domain/audit/audit.ts';
import { newId } from '#platform/new-id.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { auditEntry, ledgerDecision } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let test: TestStores;
beforeAll(async () => {
  test = await openTestStores();
});
afterAll(() => test?.close());

const record = (
  entry: Partial<AuditEntry>,
  { dedupeKey = null, tenantId = 'acme' }: { dedupeKey?: string | null; tenantId?: string } = {},
) => {
  const entries = [auditEntry({ tenantId, ...entry })];
  return test.stores.ledger.record(tenantId, { decision: null, entries, dedupeKey });
};

async function details(requestId: string, tenantId = 'acme') {
  const entries = await entriesOf(test.stores, tenantId, { requestId });
  return entries.map(({ actionDetail }) => actionDetail).toSorted();
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('records that come at the same time', () => {
  it('are all written, each with its decision, and each under its own tenant', async () => {
    const requestId = newId('request');
    const written = await Promise.all(
      numbers(200).map((n) => {
        const tenantId = n % 2 === 0 ? 'acme' : 'globex';
        const decision = ledgerDecision({ requestId, runId: null });
        const { decisionId } = decision;
        const entries = [auditEntry({ tenantId, requestId, decisionId, actionDetail: String(1_000 + n) })];
        return test.stores.ledger.record(tenantId, { decision, entries, dedupeKey: null });
      }),
    );
    expect(written).toEqual(written.map(() => true));
    const all = numbers(200).map((n) => String(1_000 + n));
    expect(await details(requestId)).toEqual(all.filter((_, n) => n % 2 === 0));
    expect(await details(requestId, 'globex')).toEqual(all.filter((_, n) => n % 2 === 1));
    const span = { after: new Date(Date.now() - 60_000).toISOString(), before: '2999-01-01T00:00:00.000Z' };
    expect(await test.stores.gaps.inLedger('acme', span, 10)).toEqual([]);
  });

  it('with one dedupe key are written once', async () => {
    const requestId = newId('request');
    const written = await Promise.all(numbers(30).map(() => record({ requestId }, { dedupeKey: requestId })));
    expect(written.filter(Boolean)).toHaveLength(1);
    expect(await details(requestId)).toHaveLength(1);
    expect(await record({ requestId }, { dedupeKey: requestId })).toBe(false);
  });

  it('don’t fail for one that can’t be written', async () => {
    const requestId = newId('request');
    const settled = await Promise.allSettled(
      numbers(40).map((n) =>
        record({
          requestId,
          actionDetail: String(100 + n),
          ...(n === 20 ? { timestamp: 'yesterday' } : {}),
          ...(n === 25 ? { policyReason: 'a \u0000' } : {}),
        }),
      ),
    );
    const failed = settled.flatMap((one, n) => (one.status === 'rejected' ? [[n, one.reason.code]] : []));
    expect(failed).toEqual([
      [20, 'AUDIT_WRITE_FAILED'],
      [25, 'INVALID_TEXT'],
    ]);
    expect(await details(requestId)).toHaveLength(38);
  });

  it('without an entry are refused, each by itself', async () => {
    const requestId = newId('request');
    const nothing = () =>
      test.stores.ledger.record('acme', { decision: null, entries: [], dedupeKey: requestId });
    const settled = await Promise.allSettled([
      ...numbers(10).map(() => record({ requestId })),
      ...numbers(10).map(nothing),
    ]);
    expect(settled.map(({ status }) => status)).toEqual([
      ...numbers(10).map(() => 'fulfilled'),
      ...numbers(10).map(() => 'rejected'),
    ]);
    expect(await record({ requestId }, { dedupeKey: requestId })).toBe(true);
  });
});
