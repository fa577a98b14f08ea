import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Caller } from '#domain/caller.ts';
import { newId } from '#platform/new-id.ts';
import { ask, comment, decide, openQuestion, prepare, seen, start } from '../support/ask.ts';
import { toHeaders } from '../support/call-headers.ts';
import { asker, lead, signIn } from '../support/cast.ts';
import { eventually } from '../support/eventually.ts';
import { inActivity, sealedFor } from '../support/payloads.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';
import { refusalOf } from '../support/vote.ts';

let worker: TestWorker;
let connection: Connection;

beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
  worker = await startTestWorker();
  await signIn(worker.stores, asker, lead);
});
afterAll(async () => {
  await worker?.close();
  await connection?.close();
});

const as = (tenantId: string): Caller => ({ tenantId, actorId: 'anybody', traceId: 'anything' });

/** Somebody at the Temporal port: headers as they like, payloads passed on as they are. */
function stranger(caller: Caller, replayed?: readonly Payload[]): Client {
  const headers = () => toHeaders(caller, (text) => defaultPayloadConverter.toPayload(text));
  return new Client({
    connection,
    interceptors: {
      workflow: [{ startWithDetails: (input, next) => next({ ...input, headers: headers() }) }],
    },
    dataConverter: {
      payloadCodecs: [
        {
          encode: async (payloads) => (replayed === undefined ? payloads : [...replayed]),
          decode: async (payloads) => payloads,
        },
      ],
    },
  });
}

/** What a workflow was started with, as it lies encrypted in its history. */
async function startedWith(handle: WorkflowHandle): Promise<readonly Payload[]> {
  const { events } = await handle.fetchHistory();
  const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return input.map(({ metadata, data }) => ({ metadata: metadata ?? {}, data: data ?? new Uint8Array() }));
}

/** How a workflow ended; throws when it doesn't. */
function endOf(handle: WorkflowHandle): Promise<string> {
  return eventually(
    async () => (await handle.describe()).status.name,
    (status) => status !== 'RUNNING',
  );
}

describe('somebody at the Temporal port', () => {
  it.each(['request', 'approval'])('starts a %s with text of their own: it ends at once', async (type) => {
    const handle = await stranger(as('acme')).workflow.start(type, {
      workflowId: `${type}:acme:${newId('request')}:1`,
      taskQueue: worker.taskQueue,
      args: [{ anything: true }],
    });
    expect(await endOf(handle)).toBe('FAILED');
  });

  it.each(['acme', 'globex'])(
    "replays a request's encrypted input under another id of %s: refused",
    async (tenantId) => {
      const asked = await ask(worker, [comment()]);
      const handle = await stranger(as(tenantId), await startedWith(asked.handle)).workflow.start('request', {
        workflowId: `request:${tenantId}:${newId('request')}`,
        taskQueue: worker.taskQueue,
        args: [null],
      });
      expect(await endOf(handle)).toBe('FAILED');
      const { events } = await handle.fetchHistory();
      expect(events?.filter((event) => event.activityTaskScheduledEventAttributes)).toEqual([]);
      expect(await seen(worker, asked.requestId)).toMatchObject({ state: 'queued' });
    },
  );

  it("replays an approval's encrypted input under another id: refused", async () => {
    const asked = await ask(worker, [comment()]);
    const question = await openQuestion(worker, asked.requestId);
    const child = worker.temporal.client.workflow.getHandle(`approval:acme:${question.approvalId}:1`);
    const handle = await stranger(as('acme'), await startedWith(child)).workflow.start('approval', {
      workflowId: `approval:acme:${newId('approval')}:1`,
      taskQueue: worker.taskQueue,
      args: [null],
    });
    expect(await endOf(handle)).toBe('FAILED');
  });

  it('answers in the place of the activity that acts: the request ends', async () => {
    const going = Promise.withResolvers<void>();
    const acting = Promise.withResolvers<void>();
    worker.beforeActivity = async (activity) => {
      if (activity !== 'act') return;
      acting.resolve();
      await going.promise;
    };
    try {
      const handle = await start(worker, await prepare(worker, [comment()]));
      await acting.promise;
      await connection.workflowService.respondActivityTaskCompletedById({
        namespace: 'default',
        workflowId: handle.workflowId,
        activityId: '1',
        result: { payloads: [defaultPayloadConverter.toPayload({ kind: 'done' })] },
      });
      expect(await endOf(handle)).toBe('FAILED');
    } finally {
      worker.beforeActivity = async () => {};
      going.resolve();
    }
  });

  it('answers in the place of the activity that counts a vote: not counted, and a real one counts', async () => {
    const asked = await ask(worker, [comment()]);
    const given = await answerInPlaceOfCounting(asked.requestId, defaultPayloadConverter.toPayload(null));
    expect(given).toBe('CONTENT_UNREADABLE');
    expect(await decide(worker, asked.requestId, lead, 'approve')).toMatchObject({ outcome: 'approved' });
  });

  it('does so with the encrypted answer of another vote: no effect, and people are asked anew', async () => {
    const asked = await ask(worker, [comment()]);
    // As bound as can be: one of the same place, from before the workflow was ended and started anew.
    const question = await openQuestion(worker, asked.requestId);
    const place = inActivity(`approval:acme:${question.approvalId}:1`, '1');
    const [recorded] = await sealedFor(worker.envelope, place, [null]);
    await answerInPlaceOfCounting(asked.requestId, recorded ?? {});
    const again = await eventually(
      () => openQuestion(worker, asked.requestId),
      ({ round }) => round === 2,
    );
    expect(again.round).toBe(2);
    expect(worker.provider.calls.join()).not.toContain(asked.requestId);
  });
});

/** A lead approves, and while the vote is being counted somebody else says that it counts. */
async function answerInPlaceOfCounting(requestId: string, answer: Payload): Promise<string | undefined> {
  const { approvalId } = await openQuestion(worker, requestId);
  const going = Promise.withResolvers<void>();
  const counting = Promise.withResolvers<void>();
  worker.beforeActivity = async (activity) => {
    if (activity !== 'countVote') return;
    counting.resolve();
    await going.promise;
    throw new Error('its answer came from somebody else');
  };
  try {
    const decided = decide(worker, requestId, lead, 'approve');
    const told = decided.then(
      ({ outcome }) => outcome,
      () => refusalOf(decided),
    );
    await counting.promise;
    await connection.workflowService.respondActivityTaskCompletedById({
      namespace: 'default',
      workflowId: `approval:acme:${approvalId}:1`,
      activityId: '1',
      result: { payloads: [answer] },
    });
    return await told;
  } finally {
    worker.beforeActivity = async () => {};
    going.resolve();
  }
}
