import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodedError, type ErrorCode, ProviderError } from '#domain/error.ts';
import { createPerform } from '#governance/perform/perform.ts';
import type { Performed } from '#governance/perform/performance.ts';
import { createDatabase, type Database } from '#platform/database/pool.ts';
import { aheadLedger } from '../../support/ahead-ledger.ts';
import {
  addAsBefore,
  endCode,
  type History,
  hasOutcome,
  histories,
  recordHistory,
} from '../../support/attempt-histories.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { readyPerformance } from '../../support/ready-performance.ts';

/** What becomes of a send, if there is one. */
const sends = ['ok', 'not sent', 'unknown', 'limited', 'refused', 'crash'] as const;
/** What a look tells, if there is one; `fresh`: the newest attempt has not settled yet. */
const looks = ['present', 'absent', 'blind', 'shut', 'fresh'] as const;

interface Now {
  send: (typeof sends)[number];
  look: (typeof looks)[number];
  lastTry: boolean;
  /** It may not be sent any more. */
  lookOnly: boolean;
  /** The approval's time to act is over. */
  late: boolean;
}

/** What the provider saw, what came of it, and what is on record of it afterwards. */
interface End {
  calls: ('look' | 'send')[];
  performed: string;
  outcome: string | null;
  /** Of each attempt: has it surely ended? */
  ended: boolean[];
}

const hour = 3_600_000;
const limitedMs = 600_000;

let test: TestStores;
let audit: Database;
beforeAll(async () => {
  test = await openTestStores();
  audit = createDatabase(test.databases.auditDatabaseUrl);
});
afterAll(async () => {
  await audit?.close();
  await test?.close();
});

const now = (more: Partial<Now> = {}): Now => ({
  send: 'ok',
  look: 'absent',
  lastTry: false,
  lookOnly: false,
  late: false,
  ...more,
});

/** Everything that can be told apart for one history: a send and a look only where they can come to pass. */
function momentsOf(history: History): Now[] {
  const { newest } = history;
  if (hasOutcome(history))
    return [now(), now({ lastTry: true }), now({ lookOnly: true }), now({ late: true })];
  const seen = newest === 'open' ? looks : (['absent'] as const);
  return seen.flatMap((look) => [
    ...[false, true].flatMap((lastTry) => sends.map((send) => now({ send, look, lastTry }))),
    now({ look, lookOnly: true }),
    now({ look, lookOnly: true, lastTry: true }),
    now({ look, late: true }),
  ]);
}

/** The right end of each cell. */
function endOf(history: History, { send, look, lastTry, lookOnly, late }: Now): End {
  const { newest, attempts } = history;
  const before = Array.from({ length: Math.max(0, attempts - 1) }, () => true);
  const as = (performed: string, outcome: string | null, more: Partial<End> = {}): End => ({
    calls: [],
    performed,
    outcome,
    ended: newest === null ? [] : [...before, newest !== 'open' && !hasOutcome(history)],
    ...more,
  });
  const sent = (calls: End['calls'] = []): End => {
    const all = newest === null ? [] : [...before, true];
    const open = { calls: [...calls, 'send' as const], ended: [...all, false] };
    const over = { ...open, ended: [...all, true] };
    switch (send) {
      case 'ok':
        return as('done', 'success', open);
      case 'refused':
        return as('failed permission_denied', 'error', open);
      case 'unknown':
        return as('later look', null, open);
      case 'crash':
        return as('died', null, open);
      case 'limited':
        return as('later send', null, over);
      case 'not sent':
        return lastTry ? as('failed api_unreachable', 'error', open) : as('later send', null, over);
    }
  };
  switch (newest) {
    case 'success':
      return as('done', 'success');
    case 'error':
      return as('failed permission_denied', 'error');
    case 'unknown':
      return as('unknown', 'unknown');
    case 'expired':
      return as('expired', 'denied');
    case 'unsent':
      return as('unsent APPROVAL_STALE', 'denied');
    case null:
      return lookOnly ? as('expired', null) : sent();
    case 'open': {
      const calls: End['calls'] = ['look'];
      if (look === 'fresh') return as('later look', null);
      if (look === 'present') return as('done', 'success', { calls });
      if (look === 'shut' || (look === 'blind' && lastTry)) return as('unknown', 'unknown', { calls });
      if (look === 'blind') return as('later look', null, { calls });
      if (lookOnly) return as('expired', 'denied', { calls });
      const ended = { calls, ended: [...before, true] };
      // A look has just told so: no provider kept it from being sent in time.
      if (late) return as('expired', 'denied', ended);
      return lastTry ? as('failed api_unreachable', 'error', ended) : sent(calls);
    }
    case 'not sent':
    case 'later':
    case 'over': {
      if (lookOnly) return as('expired', 'denied');
      // A time that the provider named is waited for, however many tries there were.
      if (late || (lastTry && newest === 'not sent')) return as(`failed ${endCode}`, 'error');
      return newest === 'later' ? as('later send', null) : sent();
    }
  }
}

async function performed(history: History, cell: Now): Promise<End> {
  const clock = { aheadMs: cell.look === 'fresh' ? 0 : 2 * hour };
  const recorded = await recordHistory({ ledger: test.stores.ledger, audit }, history, {
    laterMs: 3 * hour,
  });
  const calls: End['calls'] = [];
  const died = Promise.withResolvers<'died'>();
  const perform = createPerform({
    ledger: aheadLedger(test.stores.ledger, clock),
    classify: { touched: async () => [] },
    now: () => new Date(Date.now() + clock.aheadMs),
    effectSettleMs: hour,
    monotonicMs: () => 0,
  });
  const run = async () => {
    calls.push('send');
    switch (cell.send) {
      case 'ok':
        return { effect: 1 };
      case 'not sent':
        throw new ProviderError('api_unreachable', 'no');
      case 'unknown':
        throw new ProviderError('api_unreachable', 'unknown');
      case 'limited':
        throw new ProviderError('api_rate_limited', 'no', { retryAfterMs: limitedMs });
      case 'refused':
        throw new ProviderError('permission_denied', 'no');
      case 'crash':
        died.resolve('died');
        return new Promise(() => {});
    }
  };
  const find = async () => {
    calls.push('look');
    const code: ErrorCode = cell.look === 'shut' ? 'permission_denied' : 'api_unreachable';
    if (cell.look === 'present') return { found: 'yes', output: { effect: 1 } } as const;
    return cell.look === 'absent'
      ? ({ found: 'no' } as const)
      : ({ found: 'unknown', error: new CodedError(code) } as const);
  };
  const ready = readyPerformance({ run, find }, { requestId: recorded.requestId });
  const end = await Promise.race([
    perform({
      ...ready,
      runId: recorded.runId,
      lastTry: cell.lastTry,
      lookOnly: cell.lookOnly ? { kind: 'expired' } : null,
      approval: cell.late ? { id: `apr_${recorded.requestId}`, actBefore: new Date() } : null,
    }),
    died.promise,
  ]);
  const claim = await test.stores.ledger.claimOf('acme', recorded.runId);
  return {
    calls,
    performed: said(end),
    outcome: claim?.outcome?.outcome ?? null,
    ended: (claim?.attempts ?? []).map(({ ended }) => ended !== null),
  };
}

function said(end: Performed | 'died'): string {
  if (end === 'died') return end;
  switch (end.kind) {
    case 'later':
      return `later ${end.to}`;
    case 'failed':
      return `failed ${end.error.code}`;
    case 'unsent':
      return `unsent ${end.code}`;
    case 'done':
    case 'expired':
    case 'unknown':
      return end.kind;
  }
}

describe('attempts on record, and what happens now', () => {
  it.each(histories.map((history) => [history.name, history] as const))('%s', async (_, history) => {
    const cells = momentsOf(history);
    const ends = await Promise.all(cells.map((cell) => performed(history, cell)));
    const label = (end: End, index: number) => ({ ...cells[index], ...end });
    expect(ends.map(label)).toEqual(cells.map((cell) => endOf(history, cell)).map(label));
  });

  it.each(histories.map((history) => [history.name, history] as const))(
    '%s; a worker of the release before comes: it sends where there is no outcome, and nobody beside it',
    async (_, history) => {
      const { runId, requestId } = await recordHistory({ ledger: test.stores.ledger, audit }, history);
      const may = history.newest !== null && !hasOutcome(history);
      expect(await addAsBefore(audit, runId, history.attempts + 1)).toBe(may);
      expect(await addAsBefore(audit, runId, history.attempts + 1)).toBe(false);
      const claim = await test.stores.ledger.claimOf('acme', runId);
      expect(claim?.attempts ?? []).toHaveLength(history.attempts + (may ? 1 : 0));
      if (!may) return;
      expect(claim?.attempts.map(({ ended }) => ended !== null)).toEqual([
        ...Array.from({ length: history.attempts }, () => true),
        false,
      ]);
      const perform = createPerform({
        ledger: test.stores.ledger,
        classify: { touched: async () => [] },
        now: () => new Date(),
        effectSettleMs: hour,
        monotonicMs: () => 0,
      });
      let sent = 0;
      const run = async () => {
        sent += 1;
      };
      const end = await perform({ ...readyPerformance({ run }, { requestId }), lastTry: true });
      expect([said(end), sent]).toEqual(['later look', 0]);
    },
  );
});
