import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderError } from '#domain/error.ts';
import { createClassifyData } from '#governance/classification/classify-data.ts';
import { createPerform } from '#governance/perform/perform.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';
import { readyPerformance } from '../support/ready-performance.ts';

let test: TestStores;
beforeAll(async () => {
  test = await openTestStores();
});
afterAll(() => test?.close());

/** A read that the provider refuses with so long a wait. */
async function readRefusedFor(retryAfterMs: number) {
  const perform = createPerform({
    ledger: test.stores.ledger,
    classify: createClassifyData(test.stores),
    now: () => new Date(),
    effectSettleMs: 1,
    monotonicMs: () => 0,
  });
  const run = async () => {
    throw new ProviderError('api_rate_limited', 'no', { retryAfterMs });
  };
  return perform(readyPerformance({ run }, { effect: 'read' }));
}

describe('whoever controls what the provider answers', () => {
  it('can let a read wait for a minute, not for a day', async () => {
    expect(await readRefusedFor(60_000)).toMatchObject({ kind: 'later', afterMs: 60_000 });
    expect(await readRefusedFor(86_400_000)).toMatchObject({
      kind: 'failed',
      error: { code: 'api_rate_limited' },
    });
  });
});
