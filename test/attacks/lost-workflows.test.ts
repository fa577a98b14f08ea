import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, callerOf, comment, decide, openQuestion, prepare, seen } from '../support/ask.ts';
import { asker, lead, signIn } from '../support/cast.ts';
import { eventually } from '../support/eventually.ts';
import { sweepOf } from '../support/sweep.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let worker: TestWorker;
beforeAll(async () => {
  worker = await startTestWorker();
  await signIn(worker.stores, asker, lead);
});
afterAll(() => worker?.close());

describe('somebody ends the workflow of a request that waits for an approval', () => {
  it.each(['terminate', 'cancel'] as const)(
    '%s: the sweeper starts it again, and the approval has its effect, once',
    async (how) => {
      const asked = await ask(worker, 'comment on acme/website#7: Fixed in 2.1');
      await worker.temporal.as(callerOf(asked.requestId), () => asked.handle[how]());
      await asked.handle.result().catch(() => undefined);
      const child = async () =>
        (await worker.temporal.client.workflow.getHandle(childId).describe()).status.name;
      const [action] = await worker.stores.requests.actionsOf('acme', asked.requestId);
      const childId = `approval:acme:${action?.approvalId}:1`;
      await eventually(child, (status) => status !== 'RUNNING');

      const sweep = await sweepOf(worker);
      await sweep();
      await eventually(child, (status) => status === 'RUNNING');
      expect(await seen(worker, asked.requestId)).toMatchObject({ state: 'queued' });
      await decide(worker, asked.requestId, lead, 'approve');
      await eventually(
        () => seen(worker, asked.requestId),
        ({ state }) => state === 'answered',
      );
      const sent = worker.provider.effects.filter((runId) => runId.startsWith(asked.requestId));
      expect(sent).toHaveLength(1);
      expect(await sweep()).toBe(0);
    },
  );

  it('between the vote and the effect: people are asked anew', async () => {
    const asked = await ask(worker, 'comment on acme/website#7: Fixed in 2.3');
    const { approvalId } = await openQuestion(worker, asked.requestId);
    const approved = { state: 'approved', decidedBy: lead.userId, reasonRef: null } as const;
    await worker.stores.approvals.close('acme', approvalId, approved);
    await worker.temporal.as(callerOf(asked.requestId), () => asked.handle.terminate());

    await (await sweepOf(worker))();
    const again = await eventually(
      () => openQuestion(worker, asked.requestId),
      (question) => question.approvalId !== approvalId,
    );
    expect(again.round).toBe(2);
    expect(await worker.stores.approvals.get('acme', approvalId)).toMatchObject({ state: 'stale' });
    expect(worker.provider.calls.join()).not.toContain(asked.requestId);
  });

  it('leaves alone what runs', async () => {
    const asked = await ask(worker, 'comment on acme/website#7: Fixed in 2.2');
    expect(await (await sweepOf(worker))()).toBe(0);
    expect(await seen(worker, asked.requestId)).toMatchObject({ state: 'queued' });
  });
});

describe('a request that can never be started', () => {
  it('does not hold back the others', async () => {
    const { requests } = worker.stores;
    const { requestId: broken } = await prepare(worker, 'hello');
    const { requestId: after } = await prepare(worker, 'hello again');
    await (await sweepOf(worker, broken))();
    expect(await requests.get('acme', broken)).toMatchObject({ state: 'received' });
    expect(await requests.get('acme', after)).not.toMatchObject({ state: 'received' });
  });
});

describe('a row whose input is not what an approver would see', () => {
  it('is never asked about nor sent', async () => {
    const { requestId, handle } = await ask(worker, [comment({ target: 'acme/website#8' })]);
    expect(await handle.result()).toEqual({ state: 'failed' });
    expect(await seen(worker, requestId)).toMatchObject({ errors: ['CONTENT_UNREADABLE'] });
    expect(worker.provider.calls.join()).not.toContain(requestId);
  });
});
