import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, openBundle } from '#platform/opa/bundle/open-bundle.ts';
import { type RunningBundle, runBundle } from '#platform/opa/bundle/run-bundle.ts';
import { opaBundle, opaBundleKeys } from './make-bundle.ts';

const closers: RunningBundle[] = [];
let bundle: Bundle;
beforeAll(async () => {
  bundle = await openBundle(opaBundle, { keys: opaBundleKeys, tenantId: 'acme' });
});
afterAll(() => closers.forEach((running) => running.close()));

async function run(
  options: Parameters<typeof runBundle>[1] = {},
  of: Bundle = bundle,
): Promise<RunningBundle> {
  const running = await runBundle(of, options);
  closers.push(running);
  return running;
}

/** A thread that was ended is followed by another one, which is a moment away. */
async function untilItAnswers(running: RunningBundle): Promise<unknown> {
  for (;;) {
    const answer = await running.evaluate({ action: 'github_issue_read' }).catch(() => undefined);
    if (answer !== undefined) return answer;
  }
}

describe('a bundle in its thread', () => {
  it('answers what its Rego says, on its own data, many at once', async () => {
    const running = await run({ limitMs: 5_000 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        running.evaluate({ action: n % 2 === 0 ? 'github_pull_request_close' : 'test_asks' }),
      ),
    );
    expect(answers.filter((_, n) => n % 2 === 0)).toEqual(
      Array.from({ length: 25 }, () => ({
        verdict: 'deny',
        code: 'frozen',
        reason: 'Nothing is closed during the audit.',
      })),
    );
    expect(answers[1]).toEqual({ verdict: 'require_approval' });
    await expect(running.evaluate({ action: 'github_issue_read' })).resolves.toEqual({ verdict: 'allow' });
  });

  it('that loops is ended, holds nobody up, and answers the next one again', async () => {
    const running = await run({ limitMs: 300 });
    const turns: number[] = [];
    const clock = setInterval(() => turns.push(1), 20);
    await expect(running.evaluate({ action: 'test_loops', missing_number: 0 })).rejects.toThrow(
      'longer than 300 ms',
    );
    clearInterval(clock);
    expect(turns.length).toBeGreaterThan(0);
    await expect(untilItAnswers(running)).resolves.toEqual({ verdict: 'allow' });
    expect(running.isGivenUp()).toBe(false);
  });

  it('that loops again and again stays denying', async () => {
    const running = await run({ limitMs: 1_000, maxLost: 2 });
    await expect(running.evaluate({ action: 'test_loops', missing_number: 0 })).rejects.toThrow();
    await untilItAnswers(running);
    await expect(running.evaluate({ action: 'test_loops', missing_number: 0 })).rejects.toThrow();
    await expect.poll(() => running.isGivenUp()).toBe(true);
    await expect(running.evaluate({ action: 'github_issue_read' })).rejects.toThrow('does not run');
  });

  it('answers again when the hour of its lost threads is over', async () => {
    let clock = 0;
    const running = await run({ limitMs: 1_000, maxLost: 1, monotonicMs: () => clock });
    await expect(running.evaluate({ action: 'test_loops', missing_number: 0 })).rejects.toThrow();
    await expect.poll(() => running.isGivenUp()).toBe(true);
    clock = 3_599_999;
    await expect(running.evaluate({ action: 'github_issue_read' })).rejects.toThrow('does not run');
    clock = 3_600_000;
    await expect(untilItAnswers(running)).resolves.toEqual({ verdict: 'allow' });
    expect(running.isGivenUp()).toBe(false);
  });

  it('is lost once for one that loops, however many wait behind it', async () => {
    const running = await run({ limitMs: 1_000, maxLost: 2 });
    const asked = Array.from({ length: 20 }, (_, n) =>
      running.evaluate(n === 0 ? { action: 'test_loops', missing_number: 0 } : { action: 'test_asks' }),
    );
    const settled = await Promise.allSettled(asked);
    expect(settled.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 'rejected'));
    await expect(untilItAnswers(running)).resolves.toEqual({ verdict: 'allow' });
    expect(running.isGivenUp()).toBe(false);
  });

  it.each([
    ['a built-in fails', { action: 'test_fails', name: 5 }, 'its built-in lower failed'],
    ['its rules disagree', { action: 'test_conflicts' }, 'its evaluation failed: customer/decision.rego'],
    [
      'it takes all its memory',
      { action: 'test_fills', missing_number: 0 },
      'its evaluation failed: opa_malloc',
    ],
  ])('answers nothing when %s, says why, and answers the next one', async (_, input, why) => {
    const running = await run({ limitMs: 10_000 });
    await expect(running.evaluate(input)).rejects.toThrow(why);
    await expect(running.evaluate({ action: 'github_issue_read' })).resolves.toEqual({ verdict: 'allow' });
  });

  it('keeps answering after thousands of errors', async () => {
    const running = await run({ limitMs: 60_000 });
    const failing = Array.from({ length: 3_000 }, () => running.evaluate({ action: 'test_fails', name: 5 }));
    const causes = (await Promise.allSettled(failing)).map((one) => 'reason' in one && String(one.reason));
    expect(new Set(causes)).toEqual(new Set(['Error: its built-in lower failed']));
    await expect(running.evaluate({ action: 'github_issue_read' })).resolves.toEqual({ verdict: 'allow' });
    expect(running.isGivenUp()).toBe(false);
  }, 60_000);

  it('refuses an input above its size', async () => {
    const running = await run({ limitMs: 5_000 });
    await expect(running.evaluate({ text: 'x'.repeat(70_000) })).rejects.toThrow('bytes');
  });

  it('is refused when its WebAssembly is not a policy', async () => {
    const module = await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    await expect(run({}, { ...bundle, module })).rejects.toThrow('can not be loaded');
  });

  it('is refused when its data does not fit into memory', async () => {
    const data = new TextEncoder().encode(JSON.stringify({ text: 'x'.repeat(30_000_000) }));
    await expect(run({}, { ...bundle, data })).rejects.toThrow('can not be loaded');
  });

  it('answers nothing any more once it is closed', async () => {
    const running = await run();
    running.close();
    await expect(running.evaluate({ action: 'github_issue_read' })).rejects.toThrow('does not run');
  });
});
