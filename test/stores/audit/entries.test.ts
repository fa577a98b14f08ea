import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '#domain/audit/audit.ts';
import { newId } from '#platform/new-id.ts';
import { auditEntry } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

async function written(entries: AuditEntry[]): Promise<void> {
  const tenantId = entries[0]?.tenantId ?? '';
  await opened.stores.ledger.record(tenantId, { decision: null, entries, dedupeKey: null });
}

const everything = { visibility: { kind: 'tenant' }, limit: 1000, offset: 0 } as const;

describe('createAuditReader', () => {
  it('reads back exactly what was hashed', async () => {
    const plain = auditEntry({ requestId: newId('request') });
    const modelled = auditEntry({
      requestId: plain.requestId,
      modelUsed: 'some-model',
      modelTokens: { input: 12, output: 7 },
      dataAccessed: [],
      dataClassification: null,
      policyResult: null,
      decisionId: null,
      actionDetail: '\\ud800 is six characters here; “quotes” \u2028 and \u{1f9ff}',
      metadata: {},
    });
    await written([plain, modelled]);
    for (const entry of [plain, modelled]) {
      const found = await opened.stores.auditEntries.get('acme', entry.id, { kind: 'tenant' });
      const { leafHash: leaf, subject, ...rest } = found ?? {};
      expect(rest).toEqual(entry);
      expect(leaf).toMatch(/^[0-9a-f]{64}$/);
      expect(subject).toMatch(/^sub_/);
    }
  });

  it('shows a person their own, an organisation its units, a tenant all of its own and nothing else', async () => {
    const requestId = newId('request');
    const own = auditEntry({ requestId, userId: 'u1', orgUnit: 'sales/emea' });
    const colleague = auditEntry({ requestId, userId: 'u2', orgUnit: 'sales' });
    const namesake = auditEntry({ requestId, userId: 'u3', orgUnit: 'salesforce' });
    await written([own, colleague, namesake]);
    const foreign = auditEntry({ requestId, tenantId: 'globex' });
    await written([foreign]);
    const seen = async (
      visibility: Parameters<typeof opened.stores.auditEntries.get>[2],
      tenant = 'acme',
    ) => {
      const query = { visibility, filters: { requestId }, limit: 10, offset: 0 };
      const { entries } = await opened.stores.auditEntries.query(tenant, query);
      return entries.map((entry) => entry.id).toSorted();
    };
    expect(await seen({ kind: 'own', userId: 'u1' })).toEqual([own.id]);
    expect(await seen({ kind: 'org', orgUnit: 'sales', userId: 'u9' })).toEqual(
      [own.id, colleague.id].toSorted(),
    );
    expect(await seen({ kind: 'tenant' })).toEqual([own.id, colleague.id, namesake.id].toSorted());
    expect(await seen({ kind: 'tenant' }, 'globex')).toEqual([foreign.id]);
    expect(await seen({ kind: 'tenant' }, 'nobody')).toEqual([]);
    expect(await opened.stores.auditEntries.get('globex', own.id, { kind: 'tenant' })).toBeUndefined();
    expect(
      await opened.stores.auditEntries.get('acme', own.id, { kind: 'own', userId: 'u2' }),
    ).toBeUndefined();
  });

  it('filters, counts and pages, newest first', async () => {
    const requestId = newId('request');
    const at = (minute: number) => new Date(Date.now() - minute * 60_000).toISOString();
    const entries = [1, 2, 3, 4].map((minute) =>
      auditEntry({
        requestId,
        timestamp: at(minute),
        outcome: minute % 2 === 0 ? 'success' : 'denied',
        policyResult: minute % 2 === 0 ? 'allow' : 'deny',
        userId: `u${minute}`,
        actionType: minute === 4 ? 'data_access' : 'tool_invocation',
      }),
    );
    await written(entries);
    const query = async (filters: object, limit = 10, offset = 0) => {
      const page = await opened.stores.auditEntries.query('acme', {
        ...everything,
        filters: { requestId, ...filters },
        limit,
        offset,
      });
      return [page.total, ...page.entries.map((entry) => entry.userId)];
    };
    expect(await query({})).toEqual([4, 'u1', 'u2', 'u3', 'u4']);
    expect(await query({}, 2, 1)).toEqual([4, 'u2', 'u3']);
    expect(await query({ outcome: 'success' })).toEqual([2, 'u2', 'u4']);
    expect(await query({ policyResult: 'deny' })).toEqual([2, 'u1', 'u3']);
    expect(await query({ actionType: 'data_access' })).toEqual([1, 'u4']);
    expect(await query({ userId: 'u3' })).toEqual([1, 'u3']);
    expect(await query({ from: at(3.5), to: entries[0]?.timestamp })).toEqual([2, 'u2', 'u3']);
  });

  it('refuses more than a thousand at once', async () => {
    await expect(opened.stores.auditEntries.query('acme', { ...everything, limit: 1001 })).rejects.toThrow(
      'out of range',
    );
  });
});
