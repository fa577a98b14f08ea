import { describe, expect, it } from 'vitest';
import { createClosers } from '#platform/closers.ts';

function fixture() {
  const problems: unknown[] = [];
  const closed: string[] = [];
  const closers = createClosers({ onProblem: (cause) => problems.push(cause) });
  const part = (name: string, failure?: Error) =>
    closers.keep({
      name,
      async close() {
        await Promise.resolve();
        closed.push(name);
        if (failure !== undefined) throw failure;
      },
    });
  return { closers, part, closed, problems };
}

describe('what a process has open', () => {
  it('is handed back as it is, and closed in reverse, each after the other', async () => {
    const { closers, part, closed } = fixture();
    expect(part('stores').name).toBe('stores');
    part('cache');
    part('app');
    await closers.closeAll();
    expect(closed).toEqual(['app', 'cache', 'stores']);
  });

  it('is closed all the same when one part fails at it, and that is told', async () => {
    const { closers, part, closed, problems } = fixture();
    const failure = new Error('away');
    part('stores');
    part('cache', failure);
    await closers.closeAll();
    expect(closed).toEqual(['cache', 'stores']);
    expect(problems).toEqual([failure]);
  });

  it('is closed once', async () => {
    const { closers, part, closed } = fixture();
    part('stores');
    await Promise.all([closers.closeAll(), closers.closeAll()]);
    await closers.closeAll();
    expect(closed).toEqual(['stores']);
  });
});
