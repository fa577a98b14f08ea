import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { RequestView } from '#domain/request/request.schema.ts';
import { publicKeyHex } from '#transparency/trust.ts';
import { verifyExport } from '#transparency/verify-export.ts';
import { eventually } from '../support/eventually.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { needing } from '../support/needing.ts';
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

const describe = needing('faketime');

const hour = 3_600;

describe('while the clock of the worker jumps', () => {
  let clock: FakeClock;
  let stack: TestStack;
  let people: People;

  beforeAll(async () => {
    clock = createFakeClock();
    stack = await startStack();
    await stack.worker.restart(clock.env);
    people = await signInPeople(stack);
  });
  afterEach(() => clock.jump(0));
  afterAll(async () => {
    await stack?.close();
    clock?.close();
  });

  const read = { text: 'list the open issues of acme/website' };

  it.each([-hour, hour])('by %i s, a read is answered, and is on record', async (by) => {
    clock.jump(by);
    const { body } = await people.user.post<RequestView>('/requests', read);
    expect(await ended(people.user, body.id)).toMatchObject({ state: 'answered' });
    const record = await eventually(
      () => outcomesOf(people, body.id),
      ({ length }) => length === 2,
    );
    expect(record.toSorted()).toEqual(['github.issues_read success', 'request.created success']);
  });

  it('back by an hour, what a person approved is done once', async () => {
    const { requestId, approval } = await askForComment(people, 'an hour back');
    clock.jump(-hour);
    await approve(people, approval);
    expect(await ended(people.user, requestId)).toMatchObject({ state: 'answered' });
    expect(await commentsWritten(stack, 'an hour back')).toBe(1);
  });

  it('on by an hour, what a person approved is too late: nothing is sent, and the request says so', async () => {
    const { requestId, approval } = await askForComment(people, 'an hour on');
    clock.jump(hour);
    await approve(people, approval);
    expect(await ended(people.user, requestId)).toMatchObject({
      state: 'expired',
      error: { error: 'APPROVAL_EXPIRED' },
    });
    expect(await commentsWritten(stack, 'an hour on')).toBe(0);
  });

  it('the log verifies, whatever the times in it', async () => {
    const file = await eventually(exported, ({ entries }) => entries > 10);
    expect(file).toMatchObject({ findings: [], ok: true });
  });

  async function exported() {
    const headers = { authorization: `Bearer ${await stack.token('admin@acme.test')}` };
    const answer = await fetch(`${stack.api}/api/v1/audit/export`, { headers });
    expect(answer.status).toBe(200);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const { body } = await people.admin.get<{ verify_keys: Record<string, string> }>('/audit/keys');
    return verifyExport({ bytes: [bytes], trustedKeys: Object.values(body.verify_keys).map(publicKeyHex) });
  }
});
