import { beforeEach, describe, expect, it } from 'vitest';
import { type CautiousClock, createCautiousClock } from '#platform/oidc/cautious-clock.ts';

const hour = 3_600_000;
const start = Date.parse('2026-11-21T12:00:00.000Z');
let passed: number;
let jump: number;
let clock: CautiousClock;

beforeEach(() => {
  passed = 0;
  jump = 0;
  clock = createCautiousClock({ wall: () => start + passed + jump, monotonic: () => 500 + passed });
});

/** Both readings, against the time that really is. */
const errors = () => [clock.earliest() - start - passed, clock.latest() - start - passed];

describe('the cautious clock', () => {
  it('is the wall clock while that goes evenly, and follows small corrections', () => {
    passed += hour;
    expect(errors()).toEqual([0, 0]);
    for (let n = 0; n < 100; n += 1) {
      jump += 1_000;
      passed += 60_000;
      clock.latest();
    }
    expect(errors()).toEqual([100_000, 100_000]);
  });

  it('after a jump forward is still early for beginnings, until the machine is known to have slept', () => {
    jump = hour;
    expect(errors()).toEqual([0, hour]);
    passed += 59_000;
    expect(errors()).toEqual([0, hour]);
    passed += 1_000;
    expect(errors()).toEqual([hour, hour]);
  });

  it('after a jump back is still late for ends, for longer than a token lives', () => {
    jump = -hour;
    expect(errors()).toEqual([-hour, 0]);
    passed += hour;
    expect(errors()).toEqual([-hour, 0]);
    passed += hour;
    expect(errors()).toEqual([-hour, -hour]);
  });

  it('forgets a jump that was taken back', () => {
    jump = hour;
    clock.latest();
    passed += 30_000;
    jump = 0;
    expect(errors()).toEqual([0, 0]);
    jump = hour;
    passed += 40_000;
    expect(errors()).toEqual([0, hour]);
  });
});
