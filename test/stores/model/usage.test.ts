import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenLimit, TokenScope } from '#domain/model/model-limits.ts';
import { newId } from '#platform/new-id.ts';
import { asker } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let test: TestStores;
beforeAll(async () => {
  test = await openTestStores();
});
afterAll(() => test?.close());

const tenant: TokenScope = { level: 'tenant' };
const person: TokenScope = { level: 'person' };
const unit = (orgUnit: string): TokenScope => ({ level: 'unit', orgUnit });
const peer = { ...asker, userId: 'acme-peer', orgUnit: 'engineering/platform' };

let days = 0;
/** Nothing is counted on it yet. */
function freshDay(): string {
  days += 1;
  return `2031-01-${String(days).padStart(2, '0')}`;
}

const reservation = (day: string, tokens: number, limits: readonly TokenLimit[] = []) => ({
  callId: newId('decision'),
  day,
  tokens,
  limits,
});

const counted = (day: string, scope: TokenScope, of = asker) =>
  test.stores.modelUsage.tokensOn(of, day, { scope, callId: 'another' });

describe('tokens that are held for a call', () => {
  it('are counted for everybody, for each unit above the person, and for the person', async () => {
    const { modelUsage } = test.stores;
    const day = freshDay();
    await modelUsage.reserve(asker, reservation(day, 100));
    await modelUsage.reserve(peer, reservation(day, 10));
    expect(await counted(day, tenant)).toBe(110);
    expect(await counted(day, unit('engineering'))).toBe(110);
    expect(await counted(day, unit('engineering/web'))).toBe(100);
    expect(await counted(day, unit('engineering/platform'))).toBe(10);
    expect(await counted(day, person)).toBe(100);
    expect(await counted(day, person, peer)).toBe(10);
    expect(await counted(freshDay(), tenant)).toBe(0);
  });

  it('are replaced by what was used, once', async () => {
    const { modelUsage } = test.stores;
    const day = freshDay();
    const held = reservation(day, 100);
    await modelUsage.reserve(asker, held);
    await modelUsage.recordUse(asker, held.callId, 30);
    await modelUsage.recordUse(asker, held.callId, 30);
    expect(await counted(day, tenant)).toBe(30);
    expect(await counted(day, person)).toBe(30);
  });

  it('are held once for a call that is tried again, and what each try used is counted', async () => {
    const { modelUsage } = test.stores;
    const day = freshDay();
    const held = reservation(day, 100);
    await modelUsage.reserve(asker, held);
    await modelUsage.reserve(asker, held);
    await modelUsage.reserve(asker, held);
    expect(await counted(day, tenant)).toBe(100);
    expect(await modelUsage.tokensOn(asker, day, { scope: tenant, callId: held.callId })).toBe(0);
    await modelUsage.recordUse(asker, held.callId, 40);
    await modelUsage.reserve(asker, held);
    expect(await counted(day, tenant)).toBe(140);
    await modelUsage.recordUse(asker, held.callId, 5);
    expect(await counted(day, tenant)).toBe(45);
  });

  it('move to the day of the try', async () => {
    const { modelUsage } = test.stores;
    const [before, after] = [freshDay(), freshDay()];
    const held = reservation(before, 100);
    await modelUsage.reserve(asker, held);
    await modelUsage.reserve(asker, { ...held, day: after });
    expect(await counted(before, tenant)).toBe(0);
    expect(await counted(after, tenant)).toBe(100);
  });

  it.each<[string, TokenScope]>([
    ['the tenant', tenant],
    ['a unit', unit('engineering')],
    ['the person', person],
  ])('are refused beyond the limit of %s, and then none are counted', async (_whose, scope) => {
    const { modelUsage } = test.stores;
    const day = freshDay();
    const limits = [{ scope, tokens: 100 }];
    await modelUsage.reserve(asker, reservation(day, 100, limits));
    await expect(modelUsage.reserve(asker, reservation(day, 1, limits))).rejects.toMatchObject({
      code: 'MODEL_TOKENS_EXHAUSTED',
    });
    expect(await counted(day, tenant)).toBe(100);
    expect(await counted(day, scope)).toBe(100);
  });

  it('of one person do not use up another’s', async () => {
    const { modelUsage } = test.stores;
    const day = freshDay();
    const limits = [{ scope: person, tokens: 100 }];
    await modelUsage.reserve(asker, reservation(day, 100, limits));
    await modelUsage.reserve(peer, reservation(day, 100, limits));
    expect(await counted(day, tenant)).toBe(200);
  });

  it('of another tenant are not seen', async () => {
    const { modelUsage } = test.stores;
    const day = freshDay();
    await modelUsage.reserve(asker, reservation(day, 100));
    expect(await counted(day, tenant, { ...asker, tenantId: 'globex' })).toBe(0);
  });
});

describe('calls that run at once', () => {
  it('can never pass a limit together', async () => {
    const { modelUsage } = test.stores;
    const day = freshDay();
    const limits = [
      { scope: tenant, tokens: 1_000 },
      { scope: unit('engineering'), tokens: 700 },
    ];
    const tries = Array.from({ length: 40 }, (_, at) =>
      modelUsage.reserve(at % 2 === 0 ? asker : peer, reservation(day, 100, limits)),
    );
    const ends = await Promise.allSettled(tries);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    expect(await counted(day, tenant)).toBe(700);
  });

  it('settle and reserve side by side without a deadlock or a lost count', async () => {
    const { modelUsage } = test.stores;
    const day = freshDay();
    await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        const who = at % 2 === 0 ? asker : peer;
        const held = reservation(day, 50);
        await modelUsage.reserve(who, held);
        await modelUsage.recordUse(who, held.callId, 7);
      }),
    );
    expect(await counted(day, tenant)).toBe(140);
    expect(await counted(day, unit('engineering'))).toBe(140);
  });
});
