import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '#platform/database/pool.ts';
import { newId } from '#platform/new-id.ts';
import type { LedgerDecision } from '#stores/audit/ledger.ts';
import {
  createImpactStore,
  type DecisionPage,
  type ImpactStore,
  type ReplayWindow,
} from '#stores/policy/impact.ts';
import { auditEntry, ledgerDecision } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
let audit: Database;
/** Two decisions in a page. */
let impact: ImpactStore;

beforeAll(async () => {
  opened = await openTestStores();
  audit = createDatabase(opened.databases.auditDatabaseUrl);
  impact = createImpactStore({
    database: opened.stores.database,
    pool: audit,
    signing: opened.signing,
    pageSize: 2,
  });
});
afterAll(async () => {
  await audit.close();
  await opened.close();
});

async function decide(more: Partial<LedgerDecision> = {}, tenantId = 'acme'): Promise<string> {
  const decision = ledgerDecision({ requestId: null, runId: null, ...more });
  const entry = auditEntry({ tenantId, decisionId: decision.decisionId });
  await opened.stores.ledger.record(tenantId, { decision, entries: [entry], dedupeKey: null });
  return decision.decisionId;
}

async function pagesOf(window: ReplayWindow): Promise<DecisionPage[]> {
  const pages: DecisionPage[] = [];
  for await (const page of impact.pages('acme', window)) pages.push(page);
  return pages;
}

const longAgo = new Date('2020-01-01T00:00:00Z');

describe('a window of recorded decisions', () => {
  it('is empty for a tenant that has none', async () => {
    const window = await impact.window('acme', longAgo, new Date());
    expect(window.lastDecision).toBeNull();
    expect(await pagesOf(window)).toEqual([]);
  });

  it('holds every decision of its time once, the alike together in each page, the newest first', async () => {
    const actor = { userId: 'ada', role: 'user', orgUnit: 'engineering' } as const;
    const { input } = ledgerDecision();
    const other = { ...input, actor, additional: { model: 'local' } };
    const ids = [
      await decide(),
      await decide(),
      await decide({ input: other }),
      await decide(),
      await decide(),
    ];
    await decide({}, 'globex');
    const window = await impact.window('acme', longAgo, new Date());
    expect(window.lastDecision).toBe(ids[4]);
    await decide();
    const pages = await pagesOf(window);
    expect(pages.map(({ count }) => count)).toEqual([2, 2, 1]);
    const groups = pages.flatMap((page) => page.groups);
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(5);
    expect(new Set(groups.map(({ key }) => key)).size).toBe(2);
    expect(pages[0]?.groups[0]).toMatchObject({ count: 2, fromOutside: false });
    expect(pages[0]?.groups[0]?.examples.map(({ decisionId }) => decisionId)).toEqual([ids[1], ids[0]]);
    expect(pages[0]?.groups[0]?.examples[0]?.at).toMatch(/^\d{4}-.*Z$/);
    const asked = groups.find((group) => group.input.additional !== undefined);
    expect(asked?.input).toMatchObject({
      additional: { model: 'local' },
      actor: { role: 'user', orgUnit: 'engineering' },
    });
    expect(asked?.input.actor.subject).toMatch(/^sub_/);
    expect(asked?.input.actor.userId).toBeUndefined();
  });

  it('begins where it is told to', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000);
    expect((await impact.window('acme', tomorrow, tomorrow)).lastDecision).toBeNull();
    const { lastDecision, afterDecision } = await impact.window(
      'acme',
      new Date(Date.now() - 60_000),
      new Date(),
    );
    expect(lastDecision).not.toBeNull();
    expect(afterDecision < (lastDecision ?? '')).toBe(true);
  });

  it('tells apart what came from outside, though it was asked the same', async () => {
    const rule = {
      domain: 'origin',
      verdict: 'require_approval',
      code: 'outside_origin',
      level: 'none',
    } as const;
    const none = { policyId: null, policyName: null, policyVersion: null, rule: null };
    const from = await impact.window('acme', longAgo, new Date());
    await decide({ rules: [{ ...rule, ...none }] });
    await decide();
    const { lastDecision } = await impact.window('acme', longAgo, new Date());
    const [page] = await pagesOf({ ...from, afterDecision: from.lastDecision ?? '', lastDecision });
    expect(page?.groups.map(({ fromOutside }) => fromOutside).toSorted()).toEqual([false, true]);
  });
});

describe('a preview', () => {
  it('is found by its digest, the newest first, and in its own tenant alone', async () => {
    const digest = 'a'.repeat(64);
    const window = {
      from: longAgo.toISOString(),
      to: new Date().toISOString(),
      afterDecision: 'dec_0',
      lastDecision: null,
    };
    expect(await impact.windowOf('acme', digest)).toBeUndefined();
    expect(await impact.keep('acme', { digest, window })).toMatch(/^prv_/);
    const later = { ...window, lastDecision: newId('decision') };
    await impact.keep('acme', { digest, window: later });
    expect(await impact.windowOf('acme', digest)).toEqual(later);
    expect(await impact.windowOf('globex', digest)).toBeUndefined();
  });
});
