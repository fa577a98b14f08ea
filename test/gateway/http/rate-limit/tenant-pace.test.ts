import { describe, expect, it } from 'vitest';
import { createTenantPace, type PaceKind } from '#gateway/http/rate-limit/tenant-pace.ts';

/** A clock that only the test moves. `call` says how long the call had to wait, in milliseconds, or why it may not. */
function pacedCalls() {
  let clockMs = 0;
  let waitedMs = 0;
  const keepPace = createTenantPace({
    perSecond: { reads: 120, changes: 12 },
    monotonicMs: () => clockMs,
    wait: async (ms) => {
      waitedMs = ms;
    },
  });
  const call = async (tenantId: string, userId = 'somebody', kind: PaceKind = 'reads') => {
    waitedMs = 0;
    try {
      await keepPace(kind, { tenantId, userId });
      return Math.round(waitedMs);
    } catch (error) {
      return error;
    }
  };
  /** Calls of so many people at this moment; how long each waited. */
  const crowd = async (tenantId: string, size: number, kind: PaceKind = 'reads') => {
    const waits: unknown[] = [];
    for (let n = 0; n < size; n += 1) waits.push(await call(tenantId, `person-${n}`, kind));
    return waits;
  };
  const begun = (waits: readonly unknown[]) => waits.filter((waited) => typeof waited === 'number').length;
  const pass = (ms: number) => {
    clockMs += ms;
  };
  return { call, crowd, begun, pass };
}

const atOnce = (size: number) => Array.from({ length: size }, () => 0);

describe('the calls of a tenant', () => {
  it('begin at once while they are few, and one after the other beyond that', async () => {
    const { crowd } = pacedCalls();
    expect(await crowd('acme', 33)).toEqual([...atOnce(30), 8, 17, 25]);
  });

  it('are refused when the line is longer than two seconds, and lengthen it no further', async () => {
    const { crowd, begun, pass } = pacedCalls();
    const waits = await crowd('acme', 300);
    expect(begun(waits)).toBe(30 + 240);
    expect(waits.at(-1)).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 2_009 });
    pass(9);
    expect((await crowd('acme', 2)).map((waited) => typeof waited)).toEqual(['number', 'object']);
    pass(60_000);
    expect(await crowd('acme', 30)).toEqual(atOnce(30));
  });

  it('have a third of the pace while another tenant is there, and all of it ten seconds after', async () => {
    const { call, crowd, begun, pass } = pacedCalls();
    const second = async () => {
      pass(1_000);
      return begun(await crowd('acme', 500));
    };
    await second();
    await call('globex');
    // What waits already begins when it was told to.
    await second();
    await second();
    const beside: number[] = [];
    for (let n = 0; n < 6; n += 1) beside.push(await second());
    expect(beside).toEqual([40, 40, 40, 40, 40, 40]);
    pass(3_000);
    await second();
    expect(await second()).toBe(120);
  });

  it('delay those of no other tenant', async () => {
    const { crowd } = pacedCalls();
    await crowd('acme', 500);
    expect(await crowd('globex', 10)).toEqual(atOnce(10));
  });

  it('that only read delay none that change something', async () => {
    const { crowd } = pacedCalls();
    await crowd('acme', 500);
    expect(await crowd('acme', 7, 'changes')).toEqual([...atOnce(6), 83]);
  });

  it('that change something are served for whoever makes one now and then, however many others flood', async () => {
    const { call, crowd, pass } = pacedCalls();
    await crowd('acme', 40, 'changes');
    expect((await crowd('acme', 40, 'changes')).at(-1)).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await call('acme', 'voter', 'changes')).toBe(2_000);
    expect(await call('acme', 'voter', 'changes')).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await call('acme', 'reader', 'reads')).toBe(0);
    pass(10_000);
    await crowd('acme', 200, 'changes');
    expect(await call('acme', 'voter', 'changes')).toBe(2_000);
  });

  it('of one person who floods take half of the pace, and colleagues are served', async () => {
    const { call, pass } = pacedCalls();
    const flood = async () => {
      let made = 0;
      while (typeof (await call('acme', 'flooder')) === 'number') made += 1;
      return made;
    };
    await flood();
    let made = 0;
    const colleagues: unknown[] = [];
    for (let second = 0; second < 10; second += 1) {
      pass(1_000);
      made += await flood();
      colleagues.push(await call('acme', 'colleague'));
    }
    expect(Math.round(made / 10)).toBe(60);
    expect(colleagues.every((waited) => typeof waited === 'number' && waited < 500)).toBe(true);
  });
});
