import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createVoidVotes } from '#gateway/loops/void-votes.ts';
import { tellLookAgain } from '#gateway/temporal/tell-look-again.ts';
import { createEndApproval } from '#governance/end-approval.ts';
import type { StoredAction } from '#stores/request/requests.ts';
import { type Asked, ask, comment, decide, openQuestion, seen } from '../support/ask.ts';
import { admin, asker, lead, signIn } from '../support/cast.ts';
import { eventually } from '../support/eventually.ts';
import type { SendFault } from '../support/memory-provider.ts';
import { recordEventIn } from '../support/record-event.ts';
import { voteCheckOf } from '../support/rights.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let worker: TestWorker;
const minute = 60_000;

beforeAll(async () => {
  worker = await startTestWorker();
});
beforeEach(() => signIn(worker.stores, asker, lead, admin));
afterEach(() => {
  worker.beforeActivity = async () => {};
  worker.clock.aheadMs = 0;
  worker.provider.nextSends = [];
});
afterAll(() => worker?.close());

const actionOf = async ({ requestId }: Asked) => {
  const [action] = await worker.stores.requests.actionsOf('acme', requestId);
  if (action === undefined) throw new Error('no action');
  return action;
};

const until = (asked: Asked, reached: (action: StoredAction) => boolean) =>
  eventually(() => actionOf(asked), reached);

const sendsOf = ({ requestId }: Asked) =>
  worker.provider.calls.filter((call) => call.startsWith(`send ${requestId}`)).length;

const wake = ({ requestId }: Asked) => tellLookAgain(worker.temporal, asker, requestId);

/** Approved by the lead, while the provider answers like this. */
async function approved(sends: SendFault[], approvalExpiresMs = 30 * minute): Promise<Asked> {
  const asked = await ask(worker, [comment()], { approvalExpiresMs });
  worker.provider.nextSends = sends;
  await decide(worker, asked.requestId, lead, 'approve');
  return asked;
}

/** The next round, once it takes votes, is approved by an admin. */
async function approveNext(asked: Asked, before: string): Promise<void> {
  await until(asked, ({ approvalId }) => approvalId !== before);
  await eventually(
    () => decide(worker, asked.requestId, admin, 'approve').catch((error: unknown) => String(error)),
    (answer) => typeof answer !== 'string',
  );
}

describe('a request on the real workflow', () => {
  it('a vote is void after an attempt that was refused: a second round, and one comment', async () => {
    const first = await ask(worker, [comment()]);
    const { approvalId } = await openQuestion(worker, first.requestId);
    worker.provider.nextSends = ['busy'];
    let attempts = 0;
    worker.beforeActivity = async (activity) => {
      if (activity !== 'act') return;
      attempts += 1;
      if (attempts === 2) await worker.stores.people.revoke('acme', lead.userId);
    };
    await decide(worker, first.requestId, lead, 'approve');
    await approveNext(first, approvalId);
    expect(await openQuestion(worker, first.requestId)).toMatchObject({ round: 2 });
    expect(await first.handle.result()).toEqual({ state: 'answered' });
    const { requestId } = first;
    expect(worker.provider.effects.filter((run) => run.startsWith(requestId))).toEqual([`${requestId}/1~2`]);
  });

  it('the provider names a time in seventeen minutes: it is sent then', async () => {
    const asked = await approved([{ limitedMs: 17 * minute }]);
    const { waits } = await until(asked, (action) => action.waits !== null);
    expect(Math.round((Date.parse(waits?.until ?? '') - Date.now()) / minute)).toBe(17);
    expect(await seen(worker, asked.requestId)).toMatchObject({ state: 'running', actions: ['planned'] });
    // Woken too early, it waits on.
    worker.clock.aheadMs = 16 * minute;
    await wake(asked);
    worker.clock.aheadMs = 17 * minute + 1_000;
    await wake(asked);
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    expect(sendsOf(asked)).toBe(2);
    expect((await actionOf(asked)).waits).toBeNull();
  });

  it('wakes by itself', async () => {
    const asked = await approved([{ limitedMs: 1_500 }, { limitedMs: 1_000 }]);
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    expect(sendsOf(asked)).toBe(3);
  });

  it('the time is later than the approval lives: a new round, at once and with the reason', async () => {
    const asked = await approved([{ limitedMs: 40 * minute }]);
    const { approvalId: first } = await openQuestion(worker, asked.requestId);
    await approveNext(asked, first);
    const { approvalId, round } = await openQuestion(worker, asked.requestId);
    expect(round).toBe(2);
    const stored = await worker.stores.approvals.get('acme', approvalId);
    expect(stored).toMatchObject({ askedAgain: 'named_time' });
    await until(asked, ({ state, waits }) => state === 'planned' && waits !== null);
    worker.clock.aheadMs = 40 * minute + 1_000;
    await wake(asked);
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    expect(sendsOf(asked)).toBe(2);
  });

  it.each([
    ['lost their right', () => worker.stores.people.withdraw('acme', lead.userId)],
    [
      'was erased',
      () =>
        worker.stores.erasures.eraseRows('acme', lead.userId, 'erased:sub_00000000000000000000000000', []),
    ],
  ])('while it waits, who approved it %s: a new round at once', async (_what, meanwhile) => {
    const asked = await approved([{ limitedMs: 17 * minute }]);
    const { approvalId } = await until(asked, (action) => action.waits !== null);
    await meanwhile();
    const checkVote = voteCheckOf(worker.stores, () => true);
    await createVoidVotes({
      ...worker.stores,
      checkVote,
      endApproval: createEndApproval({ ...worker.stores, checkVote }),
      recordEvent: recordEventIn(worker.stores, () => new Date()),
      lookAgain: (voter, requestId) => tellLookAgain(worker.temporal, voter, requestId),
    })();
    const { approvalId: again } = await until(asked, (action) => action.approvalId !== approvalId);
    const stored = await worker.stores.approvals.get('acme', again ?? '');
    expect(stored).toMatchObject({ state: 'pending', round: 2, askedAgain: 'vote_void' });
    await approveNext(asked, approvalId ?? '');
    await until(asked, ({ state, waits }) => state === 'planned' && waits !== null);
    expect(sendsOf(asked)).toBe(1);
    worker.clock.aheadMs = 17 * minute + 1_000;
    await wake(asked);
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
  });

  it('withdrawn while it waits: its workflow ends', async () => {
    const asked = await approved([{ limitedMs: 17 * minute }]);
    await until(asked, (action) => action.waits !== null);
    expect(await worker.stores.requests.withdrawWaiting('acme', asked.requestId, asker.userId)).toBe(true);
    await wake(asked);
    expect(await asked.handle.result()).toEqual({ state: 'withdrawn' });
    expect(sendsOf(asked)).toBe(1);
  });

  it('its tenant is suspended when the time comes: it is sent when the tenant works again', async () => {
    const asked = await approved([{ limitedMs: 17 * minute }]);
    await until(asked, (action) => action.waits !== null);
    await worker.stores.tenants.step('acme', { from: ['active'], to: 'suspended' });
    let looked = 0;
    worker.beforeActivity = async (activity) => {
      if (activity === 'untilWorking') looked += 1;
    };
    worker.clock.aheadMs = 17 * minute + 1_000;
    await wake(asked);
    await eventually(
      async () => looked,
      (times) => times >= 1,
    );
    expect(sendsOf(asked)).toBe(1);
    await worker.stores.tenants.step('acme', { from: ['suspended'], to: 'active' });
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
  });
});
