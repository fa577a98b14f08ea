import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClassifyData } from '#governance/classification/classify-data.ts';
import { createPerform } from '#governance/perform/perform.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { readyPerformance } from '../../support/ready-performance.ts';

let test: TestStores;
beforeAll(async () => {
  test = await openTestStores();
});
afterAll(() => test?.close());

const effectSettleMs = 30_000;

/** A comment that is ready to be sent; `sent` counts what the provider sees. */
function comment(sent: { times: number }) {
  return readyPerformance({
    run: async () => {
      sent.times += 1;
      return { sent: sent.times };
    },
  });
}

/** A process whose clock jumps by so much between asking for the attempt's record and the call. */
function performAfterStandingStill(ms: number) {
  let reading = 0;
  return createPerform({
    ledger: test.stores.ledger,
    classify: createClassifyData(test.stores),
    now: () => new Date(),
    effectSettleMs,
    monotonicMs: () => {
      const at = reading;
      reading += ms;
      return at;
    },
  });
}

describe('a worker that stands still between the record of its attempt and the call', () => {
  it('sends nothing when the settle time is over: by now another may have sent', async () => {
    const sent = { times: 0 };
    const performed = await performAfterStandingStill(effectSettleMs)(comment(sent));
    expect(performed).toMatchObject({ kind: 'later', afterMs: effectSettleMs });
    expect(sent.times).toBe(0);
  });

  it('sends when it was quicker than that', async () => {
    const sent = { times: 0 };
    expect(await performAfterStandingStill(effectSettleMs - 1)(comment(sent))).toMatchObject({
      kind: 'done',
    });
    expect(sent.times).toBe(1);
  });
});
