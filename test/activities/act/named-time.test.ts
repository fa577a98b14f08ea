import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ActScene, approvalExpiresMs, asked, openActScene } from '../../support/act-scene.ts';
import { lead } from '../../support/cast.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

const minute = 60_000;

describe('a provider that names a time', () => {
  const named = 17 * minute;

  /** Approved, and told to wait so long; the approval lives for half an hour. */
  async function told(limitedMs: number) {
    const made = await openActScene(opened);
    const approval = await made.approve(asked(await made.act()).question);
    made.provider.nextSends = [{ limitedMs }];
    return { made, approval, result: await made.act({ approval }) };
  }

  const sends = (made: ActScene) => made.provider.calls.filter((call) => call.startsWith('send')).length;
  const waitsOf = async ({ requestId }: ActScene) =>
    (await opened.stores.requests.actionsOf('acme', requestId))[0]?.waits ?? null;

  it('within the life of the approval: it waits, people see it, and it is sent then and not before', async () => {
    const { made, approval, result } = await told(named);
    expect(result).toEqual({ kind: 'waits', ms: expect.any(Number) });
    expect(result.kind === 'waits' && Math.round(result.ms / minute)).toBe(17);
    expect(await waitsOf(made)).toMatchObject({ code: 'api_rate_limited', to: 'send' });
    for (const tooEarly of [5, 14, 16]) {
      made.clock.aheadMs = tooEarly * minute;
      expect(await made.act({ approval, waited: 1 })).toMatchObject({ kind: 'waits' });
    }
    expect(sends(made)).toBe(1);
    made.clock.aheadMs = named + 1_000;
    expect(await made.act({ approval, waited: 4 })).toEqual({ kind: 'done' });
    expect(await waitsOf(made)).toBeNull();
    expect(made.provider.effects).toEqual([`${made.requestId}/1`]);
  });

  it('again and again: it waits as long as the approval lives, however often', async () => {
    const { made, approval } = await told(2 * minute);
    for (let times = 1; times < 14; times += 1) {
      made.clock.aheadMs = times * 2 * minute + 1_000;
      made.provider.nextSends = [{ limitedMs: 2 * minute }];
      expect(await made.act({ approval, waited: 0 })).toMatchObject({ kind: 'waits' });
    }
    made.clock.aheadMs = 29 * minute;
    expect(await made.act({ approval })).toEqual({ kind: 'done' });
  });

  it('its last try does not end it while it may still wait', async () => {
    const made = await openActScene(opened);
    const approval = await made.approve(asked(await made.act()).question);
    made.provider.nextSends = [{ limitedMs: 5 * minute }, { limitedMs: 5 * minute }];
    expect(await made.actOnce({ approval }, 12)).toMatchObject({ kind: 'waits' });
    made.clock.aheadMs = 5 * minute + 1_000;
    expect(await made.actOnce({ approval, waited: 1 }, 12)).toMatchObject({ kind: 'waits' });
    made.clock.aheadMs = 10 * minute + 2_000;
    expect(await made.act({ approval, waited: 2 })).toEqual({ kind: 'done' });
  });

  it('so often that the history would grow: it is asked less and less often, an hour apart at most', async () => {
    for (const [waited, minutes] of [
      [10, 1],
      [15, 5],
      [100, 60],
    ] as const) {
      const made = await openActScene(opened);
      const approval = await made.approve(asked(await made.act()).question);
      made.provider.nextSends = [{ limitedMs: minute }];
      const result = await made.act({ approval, waited });
      expect(result.kind === 'waits' && Math.round(result.ms / minute)).toBe(minutes);
      const until = Date.parse((await waitsOf(made))?.until ?? '') - Date.now();
      expect(Math.round(until / minute)).toBe(minutes);
    }
  });

  it('later than the approval lives: people are asked at once, and have until then and longer', async () => {
    const { made, result } = await told(40 * minute);
    const again = asked(result);
    expect(again).toMatchObject({ runId: '1~2', round: 2 });
    const stored = await opened.stores.approvals.get('acme', again.question.approvalId);
    expect(stored).toMatchObject({ askedAgain: 'named_time' });
    const lives = Date.parse(stored?.expiresAt ?? '') - Date.now();
    expect(Math.round(lives / minute)).toBe(40 + approvalExpiresMs / minute);
    expect(Math.round((again.expiresMs ?? 0) / minute)).toBe(40 + approvalExpiresMs / minute);
    expect(await waitsOf(made)).toMatchObject({ to: 'send' });

    // Approved soon: still nothing is called before the time that was named.
    const second = await made.approve(again.question);
    expect(await made.act({ approval: second })).toMatchObject({ kind: 'waits' });
    expect(sends(made)).toBe(1);
    made.clock.aheadMs = 40 * minute + 1_000;
    expect(await made.act({ approval: second })).toEqual({ kind: 'done' });
    expect(made.provider.effects).toEqual([`${made.requestId}/1~2`]);
    expect(await waitsOf(made)).toBeNull();
  });

  it.each([
    ['within the life of the approval', named, 'waits'],
    ['later than the approval lives', 40 * minute, 'needs_approval'],
  ] as const)('%s: the same wherever the worker dies', async (_which, limitedMs, kind) => {
    const quiet = await told(limitedMs);
    for (let dieAt = 1; dieAt <= quiet.made.writes; dieAt += 1) {
      const made = await openActScene(opened);
      made.dieAfter = dieAt;
      const approval = await made.approve(asked(await made.act()).question);
      // A worker that dies before the refusal is on record leaves an attempt of which nobody knows: that is looked for.
      made.provider.nextSends = [{ limitedMs }, { limitedMs }];
      expect((await made.act({ approval })).kind).toBe(kind);
      expect(await waitsOf(made)).toMatchObject({ to: 'send' });
      expect(made.provider.effects).toEqual([]);
      expect(sends(made)).toBeLessThanOrEqual(2);
      const { requestId } = made;
      const [action] = await opened.stores.requests.actionsOf('acme', requestId);
      const approvals = await opened.stores.approvals.list('acme', { forPerson: lead, limit: 100 });
      const pending = approvals.filter((one) => one.requestId === requestId && one.state === 'pending');
      expect(pending).toHaveLength(kind === 'waits' ? 0 : 1);
      expect(action).toMatchObject({ sending: kind === 'waits' ? 1 : 2 });
    }
  });

  it.each([
    ['the vote is void', 'needs_approval', ({ people }: ActScene) => people.delete(lead.userId)],
    ['policy denies it', 'denied', ({ policy }: ActScene) => Object.assign(policy, { verdict: 'deny' })],
    ['policy says otherwise', 'stale', ({ policy }: ActScene) => Object.assign(policy, { code: 'another' })],
  ] as const)(
    'while it waits, %s: that counts at once, and nothing is called',
    async (_what, kind, meanwhile) => {
      const { made, approval } = await told(named);
      meanwhile(made);
      const result = await made.act({ approval, waited: 1 });
      expect(result.kind).toBe(kind);
      expect(made.provider.calls).toHaveLength(1);
      const waits = await waitsOf(made);
      if (result.kind !== 'needs_approval') return expect(waits).toBeNull();
      expect(asked(result)).toMatchObject({ runId: '1~2', round: 2 });
      expect(waits).toMatchObject({ to: 'send' });
      made.people.set(lead.userId, lead);
      const second = await made.approve(result.question);
      expect(await made.act({ approval: second })).toMatchObject({ kind: 'waits' });
      made.clock.aheadMs = named + 1_000;
      expect(await made.act({ approval: second })).toEqual({ kind: 'done' });
    },
  );

  it.each([
    [4, 'done'],
    [6, 'needs_approval'],
  ] as const)('nobody was there at that time, but %i minutes later: %s', async (minutes, kind) => {
    const { made, approval } = await told(named);
    made.clock.aheadMs = named + minutes * minute;
    const result = await made.act({ approval, waited: 1 });
    expect(result.kind).toBe(kind);
    if (result.kind !== 'needs_approval') return;
    const stored = await opened.stores.approvals.get('acme', result.question.approvalId);
    expect(stored).toMatchObject({ askedAgain: 'named_time' });
    expect(await waitsOf(made)).toBeNull();
  });

  it('for a look: it is looked for then, and not withdrawn', async () => {
    const made = await openActScene(opened);
    const approval = await made.approve(asked(await made.act()).question);
    made.provider.nextSends = ['lost'];
    await made.actOnce({ approval }).catch(() => {});
    made.provider.nextLooks = [{ limitedMs: named }];
    const first = await made.actOnce({ approval }).catch((error: unknown) => error);
    expect(first).toMatchObject({ nextRetryDelay: named });
    expect(await waitsOf(made)).toMatchObject({ to: 'look' });
    expect(await opened.stores.requests.withdrawWaiting('acme', made.requestId, 'acme-user')).toBe(false);
    expect(await made.act({ approval })).toEqual({ kind: 'done' });
    expect(await waitsOf(made)).toBeNull();
  });

  it.each([
    ['within its 15 minutes', 5 * minute],
    ['after them', 20 * minute],
  ])('a provider that is away while it is looked for, %s: long pauses show', async (_, aheadMs) => {
    const made = await openActScene(opened, { effectSettleMs: 30_000 });
    const approval = await made.approve(asked(await made.act()).question);
    made.provider.nextSends = ['lost'];
    await made.actOnce({ approval }).catch(() => {});
    made.clock.aheadMs = aheadMs;
    made.provider.nextLooks = ['blind', 'blind'];
    const paused = (attempt: number) => made.actOnce({ approval }, attempt).catch((error: unknown) => error);
    expect(await paused(2)).toMatchObject({ nextRetryDelay: 30_000 });
    expect(await waitsOf(made)).toBeNull();
    expect(await paused(3)).toMatchObject({ nextRetryDelay: 60_000 });
    expect(await waitsOf(made)).toMatchObject({ to: 'look', code: 'api_unreachable' });
    expect(await opened.stores.requests.withdrawWaiting('acme', made.requestId, 'acme-user')).toBe(false);
    expect(await made.act({ approval })).toEqual({ kind: 'done' });
    expect(await waitsOf(made)).toBeNull();
    expect(made.provider.effects).toHaveLength(1);
  });

  it('withdrawn while it waits: nothing is sent, and that is on record', async () => {
    const { made, approval } = await told(named);
    const { requests, ledger, approvals } = opened.stores;
    expect(await requests.withdrawWaiting('acme', made.requestId, lead.userId)).toBe(false);
    expect(await requests.withdrawWaiting('acme', made.requestId, 'acme-user')).toBe(true);
    expect(await requests.get('acme', made.requestId)).toMatchObject({ state: 'withdrawn' });
    expect(await made.act({ approval, waited: 1 })).toEqual({ kind: 'withdrawn' });
    expect(sends(made)).toBe(1);
    const claim = await ledger.claimOf('acme', `${made.requestId}/1`);
    expect(claim?.outcome).toMatchObject({ outcome: 'denied', result: { kind: 'unsent' } });
    expect(await approvals.get('acme', approval.question.approvalId)).toMatchObject({ state: 'withdrawn' });
    expect(await made.act({ approval, waited: 1 })).toEqual({ kind: 'withdrawn' });
  });

  it('withdrawn too late: once it goes on, that is refused', async () => {
    const { made, approval } = await told(named);
    made.clock.aheadMs = named + 1_000;
    const withdrawn: boolean[] = [];
    made.provider.beforeSend = async () => {
      withdrawn.push(await opened.stores.requests.withdrawWaiting('acme', made.requestId, 'acme-user'));
    };
    expect(await made.act({ approval, waited: 1 })).toEqual({ kind: 'done' });
    expect(withdrawn).toEqual([false]);
  });

  it('what needs no approval waits as long as one would live, then fails and tells the time', async () => {
    const made = await openActScene(opened);
    made.policy.verdict = 'allow';
    made.provider.nextSends = [{ limitedMs: named }];
    expect(await made.act()).toMatchObject({ kind: 'waits' });
    made.clock.aheadMs = named + 1_000;
    made.provider.nextSends = [{ limitedMs: named }];
    expect(await made.act({ waited: 1 })).toEqual({ kind: 'failed' });
    const [action] = await opened.stores.requests.actionsOf('acme', made.requestId);
    expect(action).toMatchObject({ errorCode: 'api_rate_limited', waits: null });
    const again = Date.parse(action?.namedTime ?? '') - Date.now();
    expect(Math.round(again / minute)).toBe(34);
  });
});

describe('a read at a provider that names a time', () => {
  const reading = async (answers: ActScene['provider']['nextReads']) => {
    const made = await openActScene(opened, { action: 'read' });
    made.policy.verdict = 'allow';
    made.provider.nextReads = answers;
    return made;
  };

  it('within a minute: it is tried again a few times, then fails', async () => {
    const made = await reading(Array.from({ length: 9 }, () => ({ limitedMs: 30_000 })));
    expect(await made.act()).toEqual({ kind: 'failed' });
    expect(made.comebacks).toHaveLength(3);
    expect(made.comebacks[0]).toMatchObject({ nextRetryDelay: 30_000 });
  });

  it('later: that is the answer, and it names the time', async () => {
    const made = await reading([{ limitedMs: 17 * minute }]);
    expect(await made.act()).toEqual({ kind: 'failed' });
    const [action] = await opened.stores.requests.actionsOf('acme', made.requestId);
    expect(action).toMatchObject({ errorCode: 'api_rate_limited', waits: null });
    expect(Math.round((Date.parse(action?.namedTime ?? '') - Date.now()) / minute)).toBe(17);
  });
});
