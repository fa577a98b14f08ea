import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repeat } from '#platform/repeat.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Lets what waits for a promise go on; the clock stands still. */
const settle = () => vi.advanceTimersByTimeAsync(0);

const noFailure = (cause: unknown) => {
  throw new Error('no turn fails here', { cause });
};

describe('work on a clock', () => {
  it('comes first after one wait, then again and again, each wait counted from the end of a turn', async () => {
    const begun: number[] = [];
    const from = Date.now();
    const work = repeat({
      everyMs: 100,
      turn: async () => {
        begun.push(Date.now() - from);
        await new Promise((resolve) => setTimeout(resolve, 30));
      },
      onFailure: noFailure,
    });
    work.start();
    await vi.advanceTimersByTimeAsync(400);
    expect(begun).toEqual([100, 230, 360]);
    await vi.advanceTimersByTimeAsync(30);
    await work.stop();
  });

  it('does nothing until it is started or asked for a turn, and one turn alone starts nothing', async () => {
    const turn = vi.fn<() => void>();
    const work = repeat({ everyMs: 100, turn, onFailure: noFailure });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(turn).toHaveBeenCalledTimes(0);
    await work.turnNow();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(turn).toHaveBeenCalledTimes(1);
  });

  it('never runs two turns at once, whoever asks: what is asked for during a turn is one more after it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ afterMs: fc.nat(250), turnMs: fc.nat(200) }), { minLength: 1, maxLength: 12 }),
        async (asked) => {
          let running = 0;
          let begun = 0;
          const work = repeat({
            everyMs: 100,
            spread: 0.5,
            turn: async () => {
              running += 1;
              expect(running).toBe(1);
              const { turnMs = 0 } = asked[begun % asked.length] ?? {};
              begun += 1;
              await new Promise((resolve) => setTimeout(resolve, turnMs));
              running -= 1;
            },
            onFailure: noFailure,
          });
          work.start();
          for (const { afterMs } of asked) {
            await vi.advanceTimersByTimeAsync(afterMs);
            const before = begun;
            let over = false;
            void work.turnNow().then(() => (over = true));
            await vi.advanceTimersByTimeAsync(400);
            // A turn that began after it was asked for has ended.
            expect(over).toBe(true);
            expect(begun).toBeGreaterThan(before);
          }
          const stopped = work.stop();
          await vi.advanceTimersByTimeAsync(400);
          await stopped;
          expect(running).toBe(0);
          const last = begun;
          await vi.advanceTimersByTimeAsync(1_000);
          expect(begun).toBe(last);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('goes on after a turn that failed, thrown at once or later, and counts how many did in a row', async () => {
    const heard: [unknown, number][] = [];
    const outcomes = [
      () => {
        throw new RangeError('at once');
      },
      async () => {
        throw new RangeError('later');
      },
      () => {},
      async () => {
        throw new RangeError('anew');
      },
    ];
    const work = repeat({
      everyMs: 100,
      turn: () => outcomes.shift()?.(),
      onFailure: (cause, inARow) => heard.push([cause, inARow]),
    });
    work.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(heard).toEqual([
      [new RangeError('at once'), 1],
      [new RangeError('later'), 2],
      [new RangeError('anew'), 1],
    ]);
    await work.stop();
  });

  it('waits in `stop` for the turn that runs, tells it, and hears nothing of how it ended', async () => {
    const onFailure = vi.fn<() => void>();
    let told = false;
    const work = repeat({
      everyMs: 100,
      turn: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            told = true;
            setTimeout(() => reject(signal.reason), 50);
          });
        }),
      onFailure,
    });
    void work.turnNow();
    let stopped = false;
    void work.stop().then(() => (stopped = true));
    await settle();
    expect([told, stopped]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(50);
    expect(stopped).toBe(true);
    expect(onFailure).not.toHaveBeenCalled();
    await work.turnNow();
    work.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('spreads its waits by the share it is told, and asks for the wait each time', async () => {
    const random = vi.spyOn(Math, 'random');
    const begun: number[] = [];
    const from = Date.now();
    const waits = [100, 1_000, 10];
    const work = repeat({
      everyMs: () => waits.shift() ?? 1_000_000,
      spread: 0.2,
      turn: () => void begun.push(Date.now() - from),
      onFailure: noFailure,
    });
    random.mockReturnValueOnce(0).mockReturnValueOnce(1).mockReturnValueOnce(0.5);
    work.start();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(begun).toEqual([80, 1_280, 1_290]);
    await work.stop();
    random.mockRestore();
  });

  it('begins its wait anew when it is told to start while it waits', async () => {
    const turn = vi.fn<() => void>();
    const work = repeat({ everyMs: 100, turn, onFailure: noFailure });
    work.start();
    await vi.advanceTimersByTimeAsync(60);
    work.start();
    await vi.advanceTimersByTimeAsync(60);
    expect(turn).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(40);
    expect(turn).toHaveBeenCalledTimes(1);
    await work.stop();
  });
});
