import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodedError, ProviderError } from '#domain/error.ts';
import { actionRunId } from '#domain/ids.ts';
import { createClassifyData } from '#governance/classification/classify-data.ts';
import { createPerform } from '#governance/perform/perform.ts';
import type { Performed } from '#governance/perform/performance.ts';
import type { FoundEffect } from '#governance/registered-action.ts';
import { createReconcile } from '#governance/upkeep/reconcile.ts';
import { newId } from '#platform/new-id.ts';
import type { Ledger } from '#stores/audit/ledger.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { readyPerformance } from '../../support/ready-performance.ts';

/** What becomes of a send. `late`: our side gives up, and it arrives before the settle time is over. */
const sends = ['ok', 'lost', 'late', 'cut', 'busy', 'refused'] as const;
const looks = ['ok', 'ok', 'blind'] as const;
/** Where the worker dies; `none` where it doesn't. */
const deaths = ['claimed', 'sending', 'sent', 'ending', 'ended', 'added', 'finishing', 'finished'] as const;
const crashes = ['none', 'none', 'none', 'none', ...deaths] as const;

interface Attempt {
  send: (typeof sends)[number];
  look: (typeof looks)[number];
  crash: (typeof crashes)[number];
}

const attempts = fc.array(
  fc.record<Attempt>({
    send: fc.constantFrom(...sends),
    look: fc.constantFrom(...looks),
    crash: fc.constantFrom(...crashes),
  }),
  { minLength: 1, maxLength: 9 },
);

const maxTries = 5;
const effectSettleMs = 5;
/** A worker that died: its attempt never comes back. */
const dead = new Promise<never>(() => {});

let test: TestStores;
beforeAll(async () => {
  test = await openTestStores();
});
afterAll(() => test?.close());

/** One effect at a provider whose every call is written down. */
class Provider {
  readonly calls: string[] = [];
  effects = 0;
  private underWay = 0;

  async send(plan: Attempt, die: () => void): Promise<unknown> {
    this.calls.push('send');
    if (plan.crash === 'sending') {
      die();
      return dead;
    }
    if (plan.send === 'ok' || plan.send === 'lost') this.effects += 1;
    if (plan.send === 'late') this.underWay += 1;
    if (plan.crash === 'sent') {
      die();
      return dead;
    }
    switch (plan.send) {
      case 'ok':
        return { effect: this.effects };
      case 'lost':
      case 'late':
      case 'cut':
        throw new ProviderError('api_unreachable', 'unknown');
      case 'busy':
        this.calls.push('no effect');
        throw new ProviderError('api_rate_limited', 'no');
      case 'refused':
        this.calls.push('no effect');
        throw new ProviderError('permission_denied', 'no');
    }
  }

  look(plan: Attempt): FoundEffect {
    // The settle time is over: whatever was held back has arrived.
    this.effects += this.underWay;
    this.underWay = 0;
    const seen = plan.look === 'blind' ? 'unknown' : this.effects > 0 ? 'present' : 'absent';
    this.calls.push(seen);
    if (seen === 'unknown') return { found: 'unknown', error: new CodedError('api_unreachable') };
    return seen === 'present' ? { found: 'yes', output: { effect: this.effects } } : { found: 'no' };
  }
}

/** The real ledger, beneath a worker that dies before or after a step of it. */
function mortal(ledger: Ledger, plan: Attempt, die: () => void): Ledger {
  return {
    ...ledger,
    beginEffect: async (...given) => {
      const begun = await ledger.beginEffect(...given);
      if (plan.crash !== 'claimed') return begun;
      die();
      return dead;
    },
    endAttempt: async (...given) => {
      if (plan.crash === 'ending') {
        die();
        return dead;
      }
      const ended = await ledger.endAttempt(...given);
      if (plan.crash !== 'ended') return ended;
      die();
      return dead;
    },
    addAttempt: async (...given) => {
      const added = await ledger.addAttempt(...given);
      if (plan.crash !== 'added') return added;
      die();
      return dead;
    },
    finishEffect: async (...given) => {
      if (plan.crash === 'finishing') {
        die();
        return dead;
      }
      const finished = await ledger.finishEffect(...given);
      if (plan.crash !== 'finished') return finished;
      die();
      return dead;
    },
  };
}

/** Tries as the activity does until there is an end; dead workers are followed by others. */
async function performUntilTheEnd(plans: readonly Attempt[]) {
  const provider = new Provider();
  const requestId = newId('request');
  const runId = actionRunId(requestId, 1);
  const claimedBeforeSend: boolean[] = [];
  for (let n = 1; n <= maxTries * 4; n += 1) {
    const plan = plans[n - 1] ?? { send: 'ok', look: 'ok', crash: 'none' };
    const died = Promise.withResolvers<'died'>();
    const die = () => died.resolve('died');
    const perform = createPerform({
      ledger: mortal(test.stores.ledger, plan, die),
      classify: createClassifyData(test.stores),
      now: () => new Date(),
      effectSettleMs,
      monotonicMs: () => 0,
    });
    const ready = readyPerformance(
      {
        run: async () => {
          const claim = await test.stores.ledger.claimOf('acme', runId);
          claimedBeforeSend.push(claim !== null && claim.outcome === null);
          return provider.send(plan, die);
        },
        find: async () => provider.look(plan),
      },
      { requestId },
    );
    const performance = { ...ready, lastTry: n >= maxTries };
    const performed: Performed | 'died' = await Promise.race([perform(performance), died.promise]);
    if (performed === 'died') continue;
    if (performed.kind !== 'later') return { provider, performed, requestId, runId, claimedBeforeSend };
    await sleep(Math.min(performed.afterMs, effectSettleMs) + 1);
  }
  throw new Error('no end');
}

/** A send after another that may have had its effect, without a look in between that said absent, would be a guess. */
function sentBlindly(calls: readonly string[]): boolean {
  const sure = ['absent', 'no effect'];
  return calls.some((call, index) => call === 'send' && index > 0 && !sure.includes(calls[index - 1] ?? ''));
}

describe('performing a write, whatever provider and worker do', () => {
  it('has at most one effect, never guesses, and leaves an intent before and an outcome after', async () => {
    const ends = new Set<string>();
    await fc.assert(
      fc.asyncProperty(attempts, async (plans) => {
        const { provider, performed, requestId, runId, claimedBeforeSend } = await performUntilTheEnd(plans);
        ends.add(performed.kind);
        expect(provider.effects).toBeLessThanOrEqual(1);
        expect(sentBlindly(provider.calls)).toBe(false);
        expect(claimedBeforeSend).not.toContain(false);
        if (performed.kind === 'done') expect(provider.effects).toBe(1);
        if (performed.kind === 'failed') expect(provider.effects).toBe(0);

        const record = await test.stores.ledger.claimOf('acme', runId);
        const sent = provider.calls.filter((call) => call === 'send').length;
        expect(record?.attempts.length).toBeGreaterThanOrEqual(sent);
        expect(record?.outcome).not.toBeNull();
        const entries = await entriesOf(test.stores, 'acme', { requestId });
        const outcomes = entries.map(({ outcome }) => outcome);
        const end = {
          done: 'success',
          failed: 'error',
          unknown: 'unknown',
          expired: 'denied',
          unsent: 'denied',
        } as const;
        expect(outcomes.toSorted()).toEqual(['intended', end[performed.kind]].toSorted());
        // Whoever finished it, the outcome names the decision under which the effect was claimed.
        expect(new Set(entries.map(({ decisionId }) => decisionId)).size).toBe(1);
      }),
      { numRuns: 120, interruptAfterTimeLimit: 45_000 },
    );
    expect([...ends]).toEqual(expect.arrayContaining(['done', 'failed']));
    const now = () => new Date(Date.now() + 3_600_000);
    const reconcile = createReconcile({ ...test.stores, now, overdueAfterMs: 1_800_000 });
    expect(await reconcile('acme')).toEqual([]);
  });

  it('says unknown when it never could look, and sends no more', async () => {
    const blind = { send: 'lost', look: 'blind', crash: 'none' } as const;
    const { provider, performed } = await performUntilTheEnd(Array.from({ length: 40 }, () => blind));
    expect(performed).toEqual({ kind: 'unknown' });
    expect(provider.calls.filter((call) => call === 'send')).toHaveLength(1);
  });

  it('fails when the provider never takes it, and had no reason to look', async () => {
    const busy = { send: 'busy', look: 'ok', crash: 'none' } as const;
    const { provider, performed } = await performUntilTheEnd(Array.from({ length: 40 }, () => busy));
    expect(performed).toMatchObject({ kind: 'failed', error: { code: 'api_rate_limited' } });
    expect(provider.effects).toBe(0);
    expect(new Set(provider.calls)).toEqual(new Set(['send', 'no effect']));
  });

  it('two workers at the same moment: one sends', async () => {
    for (let run = 0; run < 10; run += 1) {
      const requestId = newId('request');
      let sent = 0;
      const perform = createPerform({
        ledger: test.stores.ledger,
        classify: createClassifyData(test.stores),
        now: () => new Date(),
        effectSettleMs,
        monotonicMs: () => 0,
      });
      const one = () =>
        readyPerformance(
          {
            run: async () => {
              sent += 1;
              return sent;
            },
            find: async () => ({ found: 'unknown' }),
          },
          { requestId },
        );
      const performed = await Promise.all([perform(one()), perform(one()), perform(one())]);
      expect(sent).toBe(1);
      expect(performed.filter(({ kind }) => kind === 'done').length).toBeGreaterThanOrEqual(1);
    }
  });
});
