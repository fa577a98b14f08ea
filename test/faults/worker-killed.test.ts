import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import {
  approve,
  askForComment,
  commentsWritten,
  ended,
  outcomesOf,
  type People,
  signInPeople,
} from '../support/people.ts';
import { startStack, type TestStack } from '../support/stack.ts';

const posted = { method: 'POST', path: '/issues/7/comments$' };
const looked = { method: 'GET', path: '/issues/7/comments$' };

const wholeRecord = [
  'request.created success',
  'github.issue_commented pending_approval',
  'approval.read success',
  'approval.voted success',
  'github.issue_commented intended',
  'github.issue_commented success',
];

describe('a worker that is killed', () => {
  let stack: TestStack;
  let people: People;

  beforeAll(async () => {
    stack = await startStack();
    people = await signInPeople(stack);
  });
  afterEach(() => stack.github.admin.clearFaults());
  afterAll(() => stack?.close());

  const hold = async (call: typeof posted, at: 'before_provider' | 'before_answer') => {
    const { id } = await stack.github.admin.setFault({ ...call, times: 1, fault: { kind: 'pause', at } });
    return id;
  };

  const killAtHold = async (faultId: string, then: 'goes on' | 'is lost') => {
    await stack.github.admin.waitForPause(faultId, 40_000);
    await stack.worker.kill9();
    await stack.github.admin.release(faultId, then);
  };

  const expectOnce = async (requestId: string, text: string) => {
    expect(await ended(people.user, requestId, 80_000)).toMatchObject({ state: 'answered' });
    expect(await commentsWritten(stack, text)).toBe(1);
    expect(await outcomesOf(people, requestId)).toEqual(wholeRecord);
  };

  it('before the effect: the next one looks, finds nothing, and does it', async () => {
    const text = 'killed before the effect';
    const { requestId, approval } = await askForComment(people, text);
    const held = await hold(posted, 'before_provider');
    await approve(people, approval);
    await killAtHold(held, 'is lost');
    expect(await commentsWritten(stack, text)).toBe(0);
    await stack.worker.start();
    await expectOnce(requestId, text);
  });

  it('after the provider got the call and before its answer: the next one finds it', async () => {
    const text = 'killed before the answer';
    const { requestId, approval } = await askForComment(people, text);
    const held = await hold(posted, 'before_answer');
    await approve(people, approval);
    await killAtHold(held, 'is lost');
    await stack.worker.start();
    await expectOnce(requestId, text);
  });

  it('after the answer was recorded: nothing is done again', async () => {
    const text = 'killed after the answer';
    const { requestId, approval } = await askForComment(people, text);
    await approve(people, approval);
    await eventually(
      () => outcomesOf(people, requestId),
      (record) => record.includes('github.issue_commented success'),
    );
    await stack.worker.kill9();
    await stack.worker.start();
    await expectOnce(requestId, text);
  });

  it('twice in a row, the second time while it looks', async () => {
    const text = 'killed twice';
    const { requestId, approval } = await askForComment(people, text);
    const first = await hold(posted, 'before_answer');
    const second = await hold(looked, 'before_answer');
    await approve(people, approval);
    await killAtHold(first, 'is lost');
    await stack.worker.start();
    await killAtHold(second, 'is lost');
    await stack.worker.start();
    await expectOnce(requestId, text);
  });
});
