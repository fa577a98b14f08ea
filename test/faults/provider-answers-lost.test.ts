import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRequest } from '#sandbox/stand-in/faults.ts';
import { standInAppToken } from '#sandbox/stand-ins/github/seed.ts';
import { eventually } from '../support/eventually.ts';
import {
  approve,
  askForComment,
  commentsWritten,
  ended,
  outcomesOf,
  type People,
  requestOf,
  signInPeople,
} from '../support/people.ts';
import { startStack, type TestStack } from '../support/stack.ts';

const posted = { method: 'POST', path: '/issues/7/comments$' };

/** What the network and the provider do to a comment; in each case it is there once in the end. */
const faults: Record<string, FaultRequest['fault']> = {
  'answer dropped after the write': { kind: 'drop_answer' },
  'connection reset before the write': { kind: 'reset' },
  'request delivered late, after its caller was cut off': { kind: 'deliver_late', ms: 200, cut: true },
  'answer later than our patience': { kind: 'delay_answer', ms: 4_000 },
  'answer cut in the middle': { kind: 'cut_answer', bytes: 20 },
  'answer with half of its JSON': { kind: 'truncate_json', bytes: 40 },
  'status 502 although it was written': { kind: 'answer', status: 502, reaches: true },
  'status 503 and nothing written': { kind: 'answer', status: 503 },
  'a login page instead of an answer': {
    kind: 'answer',
    status: 200,
    body: '<html>Sign in</html>',
    reaches: true,
  },
  'a rate limit': { kind: 'answer', status: 429, headers: { 'retry-after': '1' } },
};

describe('a comment of an App whose answer gets lost', () => {
  let stack: TestStack;
  let people: People;

  beforeAll(async () => {
    stack = await startStack({
      env: { PROVIDER_TIMEOUT_MS: '2000' },
      // Whoever looks needs to know who we are, which an installation has to ask in its own way.
      githubToken: standInAppToken,
    });
    people = await signInPeople(stack);
  });
  afterEach(() => stack.github.admin.clearFaults());
  afterAll(() => stack?.close());

  it.each(Object.entries(faults))('%s: written once', async (name, fault) => {
    const { requestId, approval } = await askForComment(people, name);
    await stack.github.admin.setFault({ ...posted, times: 1, fault });
    await approve(people, approval);
    expect(await ended(people.user, requestId)).toMatchObject({ state: 'answered' });
    expect(await commentsWritten(stack, name)).toBe(1);
    expect((await outcomesOf(people, requestId)).slice(-2)).toEqual([
      'github.issue_commented intended',
      'github.issue_commented success',
    ]);
  });

  it('refused by the provider: failed with its code, not tried again', async () => {
    const { requestId, approval } = await askForComment(people, 'refused for good');
    await stack.github.admin.setFault({ ...posted, times: null, fault: { kind: 'answer', status: 403 } });
    await approve(people, approval);
    const request = await ended(people.user, requestId);
    expect(request).toMatchObject({ state: 'failed', actions: [{ error: { error: 'permission_denied' } }] });
    expect(await commentsWritten(stack, 'refused for good')).toBe(0);
  });

  it('when nobody can know, a person is asked, and their word ends it', async () => {
    const text = 'nobody can know';
    const { requestId, approval } = await askForComment(people, text);
    await stack.github.admin.setFault({ ...posted, times: 1, fault: { kind: 'drop_answer' } });
    await stack.github.admin.setFault({
      method: 'GET',
      path: '/issues/7/comments$',
      times: null,
      fault: { kind: 'answer', status: 403 },
    });
    await approve(people, approval);
    const unknown = await eventually(
      () => requestOf(people.user, requestId),
      ({ state }) => state === 'outcome_unknown',
    );
    expect(unknown.actions).toMatchObject([{ error: { error: 'OUTCOME_UNKNOWN' } }]);
    const answer = { n: 1, resolution: 'happened', reason: 'I see it on the page.' };
    expect(await people.user.post(`/requests/${requestId}/resolve`, answer)).toMatchObject({ status: 200 });
    expect(await ended(people.user, requestId)).toMatchObject({ state: 'answered' });
    expect(await commentsWritten(stack, text)).toBe(1);
  });
});
