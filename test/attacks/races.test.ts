import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestView } from '#domain/request/request.schema.ts';
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

let stack: TestStack;
let people: People;

beforeAll(async () => {
  stack = await startStack();
  people = await signInPeople(stack);
});
afterAll(() => stack?.close());

const times = <Result>(count: number, work: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

describe('everything at once', () => {
  it('approvals, rejections and a withdrawal of one request: one of them counts', async () => {
    const { requestId, approval } = await askForComment(people, 'all at once');
    const { digest } = approval;
    const path = `/approvals/${approval.id}/decision`;
    // Temporal takes ten updates of one workflow at a time; what is more is told to come again.
    const said = Array.from({ length: 9 }, (_, index) => {
      if (index === 5) return 'withdrawn by user';
      return `${index % 2 === 0 ? 'approved' : 'rejected'} by ${index % 3 === 0 ? 'admin' : 'lead'}`;
    });
    const answers = await times(9, (index) => {
      if (index === 5) return people.user.post(`/requests/${requestId}/withdraw`, {});
      const voter = index % 3 === 0 ? people.admin : people.lead;
      if (index % 2 === 0) return voter.post(path, { decision: 'approve', digest });
      return voter.post(path, { decision: 'reject', digest, reason: 'no' });
    });
    const { state } = await ended(people.user, requestId);
    const { body: decided } = await people.lead.get<typeof approval>(`/approvals/${approval.id}`);
    const outcome = state === 'answered' ? 'approved' : state;
    const counted = `${outcome} by ${decided.decided_by?.user_id.replace('acme-', '')}`;
    // Whoever said the same twice hears the same twice; everybody else that it was decided.
    expect(said).toContain(counted);
    expect(answers.map(({ status }) => status)).toEqual(said.map((word) => (word === counted ? 200 : 409)));
    expect(await commentsWritten(stack, 'all at once')).toBe(state === 'answered' ? 1 : 0);
    const votes = (await outcomesOf(people, requestId)).filter((line) => line === 'approval.voted success');
    expect(votes).toHaveLength(1);
  });

  it('one request sent many times under one key: one row, one comment', async () => {
    const token = await stack.token('user@acme.test');
    const ids = await times(10, async () => {
      const response = await fetch(`${stack.api}/api/v1/requests`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': 'the-same',
        },
        body: JSON.stringify({ text: 'comment on acme/website#7: under one key' }),
      });
      const body: Pick<RequestView, 'id'> = await response.json();
      return body.id;
    });
    expect(new Set(ids).size).toBe(1);
    const [id = ''] = ids;
    const queued = await eventually(
      () => requestOf(people.user, id),
      ({ state }) => state === 'queued',
    );
    const shown = await people.lead.get<{ id: string; digest: string }>(
      `/approvals/${queued.actions[0]?.approval_id}`,
    );
    await people.lead.post(`/approvals/${shown.body.id}/decision`, {
      decision: 'approve',
      digest: shown.body.digest,
    });
    expect(await ended(people.user, id)).toMatchObject({ state: 'answered' });
    expect(await commentsWritten(stack, 'under one key')).toBe(1);
  });

  it('leaves neither text nor token in any log', async () => {
    const { requestId, approval } = await askForComment(people, 'words for nobody');
    await stack.github.admin.setFault({
      method: 'POST',
      path: '/issues/7/comments$',
      times: null,
      fault: {
        kind: 'answer',
        status: 422,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          message: 'cannot take: words for nobody',
          errors: [{ value: 'words for nobody' }],
        }),
      },
    });
    await approve(people, approval);
    expect(await ended(people.user, requestId)).toMatchObject({ state: 'failed' });
    for (const name of ['gateway', 'worker'])
      expect(stack.log(name)).not.toMatch(/all at once|words for nobody|eyJ[\w-]+\.eyJ|ghp_|Bearer \w/);
  });
});
