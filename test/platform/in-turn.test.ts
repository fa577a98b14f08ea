import { describe, expect, it } from 'vitest';
import { createInTurn } from '#platform/in-turn.ts';

describe('work in turn', () => {
  it('of one key runs one after another, in order, whatever becomes of each', async () => {
    const inTurn = createInTurn();
    const seen: string[] = [];
    const work = (name: string) => async () => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (name === 'a') throw new Error('a fails');
      return name;
    };
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => inTurn('key', work(name))));
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(await inTurn('key', async () => 'later')).toBe('later');
  });

  it('of other keys does not wait', async () => {
    const inTurn = createInTurn();
    const stuck = Promise.withResolvers<string>();
    const first = inTurn('one', () => stuck.promise);
    expect(await inTurn('other', async () => 'done')).toBe('done');
    stuck.resolve('at last');
    expect(await first).toBe('at last');
  });
});
