import { describe, expect, it } from 'vitest';
import { CodedError } from '#domain/error.ts';
import { createPerform } from '#governance/perform/perform.ts';
import type { BegunEffect, Ledger } from '#stores/audit/ledger.ts';
import { readyPerformance } from '../../support/ready-performance.ts';

const tries = 12;
const minute = 60_000;
const unused = async () => {
  throw new Error('not expected');
};

/** An attempt of which nobody knows, that has settled; what is not expected of the ledger throws. */
function ledgerOf(inputDigest: string, ended: (outcome: string) => void): Ledger {
  const claim: BegunEffect = {
    claim: 'existing',
    attempts: [{ n: 1, at: new Date(0).toISOString(), decisionId: 'dec_1', ended: null }],
    outcome: null,
    claimedUnder: null,
    now: new Date().toISOString(),
    inputDigest,
  };
  return {
    beginEffect: async () => claim,
    claimOf: async () => claim,
    addAttempt: unused,
    endAttempt: unused,
    record: unused,
    finishEffect: async (_tenant, _run, { outcome, result }) => {
      ended(outcome);
      return { outcome, result, at: claim.now, recorded: true };
    },
  };
}

/** The pauses after the looks of the second to the last try, none of which tells anything, and how it ends. */
async function pausesOf(effectSettleMs: number, retryAfterMs?: number) {
  const pauses: number[] = [];
  const error = new CodedError('api_unreachable', retryAfterMs === undefined ? {} : { retryAfterMs });
  const ready = readyPerformance({ run: unused, find: async () => ({ found: 'unknown', error }) });
  const ends: string[] = [];
  const perform = createPerform({
    ledger: ledgerOf(ready.inputDigest, (outcome) => ends.push(outcome)),
    classify: { touched: async () => [] },
    now: () => new Date(),
    effectSettleMs,
  });
  for (let nthTry = 2; nthTry <= tries; nthTry += 1) {
    const performed = await perform({ ...ready, nthTry, lastTry: nthTry === tries });
    if (performed.kind === 'later') pauses.push(performed.afterMs);
    else ends.push(performed.kind);
  }
  return { pauses, ends, wholeMs: pauses.reduce((all, one) => all + one, 0) };
}

describe('looks that tell nothing', () => {
  it.each([1, 1_000, 5_000, 30_000, 60_000, 400_000, 3_600_000])(
    'settle time %i ms: pauses double from it up to 400 s, then a person is asked',
    async (settleMs) => {
      const { pauses, ends } = await pausesOf(settleMs);
      expect(pauses).toHaveLength(tries - 2);
      expect(pauses[0]).toBe(settleMs);
      for (const [index, pause] of pauses.entries()) {
        const before = pauses[index - 1] ?? pause / 2;
        expect(pause).toBe(Math.max(settleMs, Math.min(before * 2, 400_000)));
      }
      expect(ends).toEqual(['unknown', 'unknown']);
    },
  );

  it.each([5_000, 30_000])(
    'settle time %i ms: half an hour without the provider is outlasted, within the hour',
    async (settleMs) => {
      const { wholeMs } = await pausesOf(settleMs);
      expect(wholeMs).toBeGreaterThan(30 * minute);
      expect(wholeMs).toBeLessThan(55 * minute);
    },
  );

  it('a longer time that the provider named is waited for', async () => {
    expect((await pausesOf(5_000, 300_000)).pauses).toEqual([
      ...Array.from({ length: 7 }, (_, index) => Math.max(300_000, 5_000 * 2 ** index)),
      400_000,
      400_000,
      400_000,
    ]);
  });
});
