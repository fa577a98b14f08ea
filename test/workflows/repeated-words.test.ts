import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createActionTable } from '#connectors/registry.ts';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Resolution } from '#domain/request/request.ts';
import type { AnyRoute } from '#gateway/http/route.ts';
import { createOpenApprovals } from '#gateway/routes/approvals/open-approvals.ts';
import { postDecision } from '#gateway/routes/approvals/post-decision.ts';
import { createOpenRequest } from '#gateway/routes/requests/open-request.ts';
import { resolveRequest } from '#gateway/routes/requests/resolve-request.ts';
import { withdrawRequest } from '#gateway/routes/requests/withdraw-request.ts';
import { type Asked, ask, audited, comment, decide, openQuestion, prepare } from '../support/ask.ts';
import { admin, asker, lead, signIn } from '../support/cast.ts';
import { eventually } from '../support/eventually.ts';
import { recordEventIn } from '../support/record-event.ts';
import { outcomeUnknown } from '../support/say-outcome.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let worker: TestWorker;
let calls: Record<'decide' | 'withdraw' | 'resolve', Say>;

/** One call of the API as its handler gets it: what it answers, or the code of its refusal. */
type Say = (actor: Actor, id: string, body?: object) => Promise<string>;

beforeAll(async () => {
  worker = await startTestWorker();
  await signIn(worker.stores, asker, lead, admin);
  const { stores, signer, temporal } = worker;
  const { approvals, content, requests, auditEntries } = stores;
  const parts = {
    approvals,
    content,
    requests,
    auditEntries,
    actions: createActionTable(),
    openApprovals: createOpenApprovals(stores),
    openRequest: createOpenRequest(stores),
    recordEvent: recordEventIn(stores),
    signer,
    temporal,
    now: () => new Date(),
  };
  calls = {
    decide: sayBy(postDecision(parts)),
    withdraw: sayBy(withdrawRequest(parts)),
    resolve: sayBy(resolveRequest(parts)),
  };
});
afterEach(() => {
  worker.beforeActivity = async () => {};
});
afterAll(() => worker?.close());

function sayBy(route: AnyRoute): Say {
  return async (actor, id, body) => {
    try {
      const answer = await route.handle({ actor, params: { id }, body } as never);
      return `${answer.status}`;
    } catch (error) {
      if (error instanceof CodedError) return error.code;
      throw error;
    }
  };
}

const times = <Result>(count: number, work: () => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, work));

/** Runs calls while the activity that takes a word waits, until all have been sent. */
async function meanwhile(activity: string, work: () => Promise<string>[]): Promise<string[]> {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  worker.beforeActivity = (name) => {
    if (name !== activity) return Promise.resolve();
    reached.resolve();
    return gate.promise;
  };
  const said = work();
  await reached.promise;
  const late = work();
  gate.resolve();
  return Promise.all([...said, ...late]);
}

/** Entries of one event of a request that tell of success. */
const successes = async (requestId: string, event: string) =>
  (await audited(worker, requestId)).filter((line) => line === `${event} success`).length;

const same = (answer: string, count: number) => Array.from({ length: count }, () => answer);

describe('a decision, made several times', () => {
  const body = { approve: { decision: 'approve' }, reject: { decision: 'reject', reason: 'no' } };
  const decideOn = async ({ requestId }: Asked, voter: Actor, word: 'approve' | 'reject') => {
    const { approvalId, digest } = await openQuestion(worker, requestId);
    return calls.decide(voter, approvalId, { ...body[word], digest });
  };

  it.each(['approve', 'reject'] as const)('%s at once: one answer, one vote, one entry', async (word) => {
    const asked = await ask(worker, [comment()]);
    const { approvalId, digest } = await openQuestion(worker, asked.requestId);
    const say = () => calls.decide(lead, approvalId, { ...body[word], digest });
    expect(await meanwhile('countVote', () => [say(), say()])).toEqual(same('200', 4));
    await asked.handle.result();
    // The workflow is over.
    expect(await times(2, say)).toEqual(same('200', 2));
    expect(await worker.stores.approvals.votes('acme', approvalId)).toHaveLength(1);
    expect(await successes(asked.requestId, 'approval.voted')).toBe(1);
    expect(
      (await audited(worker, asked.requestId)).filter((line) => line === 'approval.voted denied'),
    ).toEqual([]);
    // Another choice, and another person's same one, are refused as ever.
    expect(
      await calls.decide(lead, approvalId, { ...body[word === 'approve' ? 'reject' : 'approve'], digest }),
    ).toBe('APPROVAL_NOT_PENDING');
    expect(await calls.decide(admin, approvalId, { ...body[word], digest })).toBe('APPROVAL_NOT_PENDING');
  });

  it('with others at the same moment: those who said what counts hear the same, all others that it does not', async () => {
    for (let run = 0; run < 4; run += 1) {
      const asked = await ask(worker, [comment()]);
      const { approvalId } = await openQuestion(worker, asked.requestId);
      const say = [
        [lead, 'approve'],
        [lead, 'reject'],
        [admin, 'approve'],
      ] as const;
      const answers = await Promise.all(
        [...say, ...say].map(
          async ([voter, word]) => [voter, word, await decideOn(asked, voter, word)] as const,
        ),
      );
      const [vote] = await worker.stores.approvals.votes('acme', approvalId);
      for (const [{ userId }, word, answer] of answers) {
        const counts = vote?.claims.userId === userId && vote.claims.choice === word;
        expect(answer).toBe(counts ? '200' : 'APPROVAL_NOT_PENDING');
      }
      expect(await successes(asked.requestId, 'approval.voted')).toBe(1);
    }
  });

  it('that did not count can count later: a refusal is not remembered as the answer', async () => {
    const leaving: Actor = { ...lead, userId: 'acme-repeats' };
    await signIn(worker.stores, leaving);
    await worker.stores.people.revoke('acme', leaving.userId);
    const asked = await ask(worker, [comment()]);
    expect(await decideOn(asked, leaving, 'approve')).toBe('APPROVAL_NOT_ALLOWED');
    expect(await decideOn(asked, leaving, 'approve')).toBe('APPROVAL_NOT_ALLOWED');
    await signIn(worker.stores, leaving);
    expect(await decideOn(asked, leaving, 'approve')).toBe('200');
    expect(await decideOn(asked, leaving, 'approve')).toBe('200');
  });
});

describe('a withdrawal, made several times', () => {
  it('at once and afterwards: one answer, one entry', async () => {
    const asked = await ask(worker, [comment()]);
    const say = () => calls.withdraw(asker, asked.requestId);
    expect(await meanwhile('countVote', () => [say(), say()])).toEqual(same('200', 4));
    await asked.handle.result();
    expect(await times(2, say)).toEqual(same('200', 2));
    expect(await successes(asked.requestId, 'approval.voted')).toBe(1);
    expect(await successes(asked.requestId, 'request.withdrawn')).toBe(1);
  });

  it('of what has not begun: the same', async () => {
    for (let run = 0; run < 4; run += 1) {
      const { requestId } = await prepare(worker, 'list the open issues of acme/website');
      expect(await times(4, () => calls.withdraw(asker, requestId))).toEqual(same('200', 4));
      expect(await successes(requestId, 'request.withdrawn')).toBe(1);
    }
  });

  it('of what was decided is refused each time', async () => {
    const asked = await ask(worker, [comment()]);
    await decide(worker, asked.requestId, lead, 'reject');
    await asked.handle.result();
    expect(await times(2, () => calls.withdraw(asker, asked.requestId))).toEqual(
      same('REQUEST_NOT_PENDING', 2),
    );
  });
});

describe('a word on an unknown outcome, said several times', () => {
  const word = (resolution: Resolution, sending?: number) => ({
    n: 1,
    resolution,
    reason: 'I looked.',
    ...(sending === undefined ? {} : { sending }),
  });
  const resolved = (requestId: string) => successes(requestId, 'request.outcome_resolved');

  it.each([
    ['happened', undefined],
    ['give_up', 1],
  ] as const)('%s, of sending %s: one answer, one entry, whenever', async (resolution, sending) => {
    const asked = await outcomeUnknown(worker);
    const say = () => calls.resolve(asker, asked.requestId, word(resolution, sending));
    expect(await meanwhile('recordResolution', () => [say(), say()])).toEqual(same('200', 4));
    await asked.handle.result();
    expect(await times(2, say)).toEqual(same('200', 2));
    expect(await resolved(asked.requestId)).toBe(1);
    for (const [person, other] of [
      [asker, resolution === 'happened' ? 'give_up' : 'happened'],
      [asker, 'send_again'],
      [lead, resolution],
    ] as const) {
      expect(await calls.resolve(person, asked.requestId, word(other, sending))).toBe('REQUEST_NOT_PENDING');
    }
    expect(await calls.resolve(asker, asked.requestId, word(resolution, 2))).toBe('REQUEST_NOT_PENDING');
  });

  it('send again: it is sent once more and not twice, also when that is lost as well', async () => {
    const asked = await outcomeUnknown(worker);
    const say = (sending?: number) => calls.resolve(asker, asked.requestId, word('send_again', sending));
    const first = await openQuestion(worker, asked.requestId);
    expect(await meanwhile('recordResolution', () => [say(), say(1)])).toEqual(same('200', 4));
    worker.beforeActivity = async () => {};
    await eventually(
      () => openQuestion(worker, asked.requestId),
      ({ approvalId }) => approvalId !== first.approvalId,
    );
    expect([await say(), await say(1)]).toEqual(same('200', 2));
    worker.provider.nextSends = ['lost'];
    worker.provider.nextLooks = ['shut'];
    await eventually(
      () => decide(worker, asked.requestId, lead, 'approve').catch((error: unknown) => String(error)),
      (answer) => typeof answer !== 'string',
    );
    await eventually(
      () => worker.stores.requests.actionsOf('acme', asked.requestId),
      ([action]) => action?.state === 'outcome_unknown',
    );
    // Of the first sending it was said before; of the second nobody has said anything.
    expect(await say(1)).toBe('200');
    expect(await calls.resolve(asker, asked.requestId, word('happened', 1))).toBe('REQUEST_NOT_PENDING');
    expect(await resolved(asked.requestId)).toBe(1);
    expect(await calls.resolve(asker, asked.requestId, word('happened', 2))).toBe('200');
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    expect(await resolved(asked.requestId)).toBe(2);
    expect([await say(1), await calls.resolve(asker, asked.requestId, word('happened'))]).toEqual(
      same('200', 2),
    );
    expect(worker.provider.effects.filter((run) => run.startsWith(asked.requestId))).toHaveLength(2);
  });
});
