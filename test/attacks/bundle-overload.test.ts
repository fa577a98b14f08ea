import { afterAll, expect, it } from 'vitest';
import { openBundle } from '#platform/opa/bundle/open-bundle.ts';
import { type RunningBundle, runBundle } from '#platform/opa/bundle/run-bundle.ts';
import { opaBundle, opaBundleKeys } from '../platform/opa/make-bundle.ts';

let running: RunningBundle | undefined;
afterAll(() => running?.close());

it('a bundle is not given up because many asked it at once', async () => {
  const bundle = await openBundle(opaBundle, { keys: opaBundleKeys, tenantId: 'acme' });
  const asked = await runBundle(bundle, { limitMs: 500 });
  running = asked;
  const text = 'x'.repeat(60_000);
  // Each takes a moment; together they take longer than one may. It would be given up for five lost threads.
  for (let burst = 0; burst < 6 && !asked.isGivenUp(); burst += 1) {
    const questions = Array.from({ length: 2_000 }, () =>
      asked.evaluate({ action: 'github_issue_read', text }),
    );
    await Promise.allSettled(questions);
  }
  expect(asked.isGivenUp()).toBe(false);
});
