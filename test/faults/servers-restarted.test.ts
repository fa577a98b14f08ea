import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
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
import { startStack, type TestStack, type TestStackOptions } from '../support/stack.ts';

/** How the record of a comment that was written once ends. */
const written = ['github.issue_commented intended', 'github.issue_commented success'];

let stack: TestStack | undefined;
afterEach(() => stack?.close());

async function start(options: TestStackOptions = {}): Promise<{ stack: TestStack; people: People }> {
  const started = await startStack(options);
  stack = started;
  return { stack: started, people: await signInPeople(started) };
}

describe('while an approval waits', () => {
  it('the Temporal server is killed and restarted: requests are still taken, decisions wait, nothing is lost', async () => {
    const { stack: running, people } = await start({ ownTemporal: true });
    const waiting = await askForComment(people, 'over a restart of Temporal');
    await running.temporal.process?.kill9();

    const refused = await approve(people, waiting.approval);
    expect(refused).toMatchObject({ status: 503, body: { error: 'TEMPORAL_UNAVAILABLE' } });
    const meanwhile = await people.user.post<RequestView>('/requests', {
      text: 'list the open issues of acme/website',
    });
    expect(meanwhile).toMatchObject({ status: 202, body: { state: 'received' } });
    expect(await requestOf(people.user, waiting.requestId)).toMatchObject({ state: 'queued' });

    await running.temporal.process?.start();
    expect(await ended(people.user, meanwhile.body.id)).toMatchObject({ state: 'answered' });
    await eventually(
      () => approve(people, waiting.approval),
      ({ status }) => status === 200,
    );
    expect(await ended(people.user, waiting.requestId)).toMatchObject({ state: 'answered' });
    expect(await commentsWritten(running, 'over a restart of Temporal')).toBe(1);
    expect((await outcomesOf(people, waiting.requestId)).slice(-2)).toEqual(written);
  });

  it('PostgreSQL is killed and restarted: 503 meanwhile, then everything goes on by itself', async () => {
    const { stack: running, people } = await start({ ownPostgres: true });
    const { requestId, approval } = await askForComment(people, 'over a restart of PostgreSQL');
    await running.postgres.process?.kill9();
    expect(await people.user.get(`/requests/${requestId}`)).toMatchObject({
      status: 503,
      body: { error: 'DATABASE_UNAVAILABLE' },
    });
    await running.postgres.process?.start();
    await eventually(
      () => approve(people, approval),
      ({ status }) => status === 200,
    );
    expect(await ended(people.user, requestId)).toMatchObject({ state: 'answered' });
    expect(await commentsWritten(running, 'over a restart of PostgreSQL')).toBe(1);
    expect((await outcomesOf(people, requestId)).slice(-2)).toEqual(written);
  });
});

describe('between start and answer', () => {
  it('the gateway is killed: the same key again gives the same request, and it is answered', async () => {
    // Its answer has to come out of the call that is held.
    const { stack: running, people } = await start({ env: { FIRST_ANSWER_MS: '50000' } });
    const held = await running.github.admin.setFault({
      method: 'GET',
      path: '/repos/acme/website/issues$',
      times: 1,
      fault: { kind: 'pause', at: 'before_answer' },
    });
    const token = await running.token('user@acme.test');
    const key = randomUUID();
    const ask = async () => {
      const response = await fetch(`${running.api}/api/v1/requests`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify({ text: 'list the open issues of acme/website' }),
      });
      return (await response.json()) as RequestView;
    };
    const cut = ask().catch((error: unknown) => error);
    await running.github.admin.waitForPause(held.id, 40_000);
    await running.gateway.kill9();
    expect(await cut).toBeInstanceOf(Error);
    await running.github.admin.release(held.id);
    await running.gateway.start();

    const again = await ask();
    expect(await ended(people.user, again.id)).toMatchObject({ state: 'answered' });
    const { body } = await people.user.get<{ requests: unknown[] }>('/requests');
    expect(body.requests).toHaveLength(1);
  });

  it('no worker runs: 202, and the first worker that comes up answers', async () => {
    const { stack: running, people } = await start();
    await running.worker.stop();
    const taken = await people.user.post<RequestView>('/requests', {
      text: 'list the open issues of acme/website',
    });
    expect(taken.status).toBe(202);
    await running.worker.start();
    expect(await ended(people.user, taken.body.id)).toMatchObject({ state: 'answered' });
  });
});
