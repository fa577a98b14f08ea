import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, Connection, ScheduleClient, type WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { erasureWorkflowId } from '#domain/ids.ts';
import { createStartErasure } from '#gateway/temporal/start-erasure.ts';
import { newId } from '#platform/new-id.ts';
import { ensureSchedules } from '#workers/ensure-schedules.ts';
import { type Asked, ask, comment, decide, openQuestion, prepare, seen, start } from '../support/ask.ts';
import { admin, asker, lead, signIn } from '../support/cast.ts';
import { eventually } from '../support/eventually.ts';
import { capturedFrom, runForeign } from '../support/port-attacker.ts';
import { rawHistories } from '../support/raw-histories.ts';
import { sweepOf } from '../support/sweep.ts';
import { startTestProvisioning } from '../support/test-provisioning.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const address = inject('temporalAddress');
const namespace = 'default';
/** Waits until an update has ended. */
const completed = 3;
let worker: TestWorker;
let connection: Connection;
/** Somebody at the port: no key of ours, no caller. */
let somebody: Client;
let swallowed: Asked;

beforeAll(async () => {
  connection = await Connection.connect({ address });
  const raw = { encode: async (all: Payload[]) => all, decode: async (all: Payload[]) => all };
  somebody = new Client({ connection, dataConverter: { payloadCodecs: [raw] } });
  worker = await startTestWorker();
  await signIn(worker.stores, asker, lead, admin);
  // Its time limit takes the longest, so it passes meanwhile.
  swallowed = await takeTasks();
});
afterAll(async () => {
  const { schedule } = worker.temporal.client;
  await schedule
    .getHandle(`${worker.taskQueue}:rewrap`)
    .delete()
    .catch(() => {});
  await worker?.close();
  await connection?.close();
});

const effectsOf = (requestId: string) =>
  worker.provider.effects.filter((runId) => runId.startsWith(requestId)).length;

async function answered(): Promise<Asked> {
  const asked = await ask(worker, [comment()]);
  await decide(worker, asked.requestId, lead, 'approve');
  await asked.handle.result();
  expect(effectsOf(asked.requestId)).toBe(1);
  return asked;
}

async function approvedOnce(asked: Asked): Promise<void> {
  await eventually(
    async () => {
      await (await sweepOf(worker))();
      await decide(worker, asked.requestId, lead, 'approve').catch(() => undefined);
      return seen(worker, asked.requestId);
    },
    ({ state }) => state === 'answered',
  );
  expect(effectsOf(asked.requestId)).toBe(1);
}

/** Pollers beside the worker's: what they get of a request's tasks they never answer. */
async function takeTasks(): Promise<Asked> {
  const { workflowService } = connection;
  const from = { namespace, taskQueue: { name: worker.taskQueue }, identity: 'somebody' };
  const taking = Array.from({ length: 20 }, (_, n) =>
    connection
      .withDeadline(
        Date.now() + 3_000,
        (): Promise<unknown> =>
          n % 2 === 0
            ? workflowService.pollWorkflowTaskQueue(from)
            : workflowService.pollActivityTaskQueue(from),
      )
      .catch(() => undefined),
  );
  const handle = await start(worker, await prepare(worker, [comment()]));
  await Promise.all(taking);
  return { requestId: handle.workflowId.split(':')[2] ?? '', handle, first: { state: 'received' } };
}

const bare = (handle: WorkflowHandle) => somebody.workflow.getHandle(handle.workflowId);
const plain = (value: unknown) => defaultPayloadConverter.toPayload(value);

/** What an update is refused with, sent as it is. */
async function update(workflowId: string, name: string, payloads: Payload[]): Promise<string | undefined> {
  const { outcome } = await connection.workflowService.updateWorkflowExecution({
    namespace,
    workflowExecution: { workflowId },
    waitPolicy: { lifecycleStage: completed },
    request: {
      meta: { updateId: randomUUID(), identity: 'somebody' },
      input: { name, args: { payloads } },
    },
  });
  return outcome?.failure?.applicationFailureInfo?.type ?? undefined;
}

/** By the words of SECURITY.md: what they do, and that nothing else comes of it. */
const remains: Readonly<Record<string, () => Promise<void>>> = {
  async 'end a workflow, or delete it with its history'() {
    for (const how of ['terminate', 'delete'] as const) {
      const asked = await ask(worker, 'comment on acme/website#7: Fixed in 2.1');
      const execution = { workflowId: asked.handle.workflowId };
      if (how === 'terminate') await bare(asked.handle).terminate();
      else
        await connection.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: execution });
      await eventually(
        () =>
          asked.handle.describe().then(
            ({ status }) => status.name,
            () => 'GONE',
          ),
        (status) => status !== 'RUNNING',
      );
      await approvedOnce(asked);
    }
  },
  async 'reset a workflow'() {
    const asked = await answered();
    const { events } = await asked.handle.fetchHistory();
    const completed = events?.find((event) => event.workflowTaskCompletedEventAttributes);
    await connection.workflowService.resetWorkflowExecution({
      namespace,
      workflowExecution: { workflowId: asked.handle.workflowId },
      workflowTaskFinishEventId: completed?.eventId ?? null,
      requestId: randomUUID(),
      reason: 'why not',
    });
    const { workflowId } = asked.handle;
    expect(await worker.temporal.client.workflow.getHandle(workflowId).result()).toMatchObject({
      state: 'answered',
    });
    expect(effectsOf(asked.requestId)).toBe(1);
  },
  async 'start a workflow of ours again, with what it was started with'() {
    const asked = await answered();
    const { events } = await asked.handle.fetchHistory();
    const begun = events?.[0]?.workflowExecutionStartedEventAttributes;
    await connection.workflowService.startWorkflowExecution({
      namespace,
      workflowId: asked.handle.workflowId,
      workflowType: { name: 'request' },
      taskQueue: { name: worker.taskQueue },
      input: begun?.input ?? null,
      requestId: randomUUID(),
    });
    const { workflowId } = asked.handle;
    expect(await worker.temporal.client.workflow.getHandle(workflowId).result()).toMatchObject({
      state: 'answered',
    });
    expect(effectsOf(asked.requestId)).toBe(1);
  },
  async 'delete, stop or change a Schedule'() {
    // All that they can make of one is in test/attacks/schedules.test.ts.
    const { envelope, taskQueue } = worker;
    const scheduleId = `${taskQueue}:reconcile`;
    const ensure = () => ensureSchedules({ connection, namespace, taskQueue, envelope });
    await ensure();
    await new ScheduleClient({ connection, namespace }).getHandle(scheduleId).delete();
    expect((await ensure()).get(scheduleId)).toBe('made');
  },
  async 'have a Schedule run now'() {
    const scheduleId = `${worker.taskQueue}:rewrap`;
    const { envelope, taskQueue } = worker;
    await ensureSchedules({ connection, namespace, taskQueue, envelope });
    await new ScheduleClient({ connection, namespace }).getHandle(scheduleId).trigger();
    const [run] = await eventually(
      async () => (await worker.temporal.client.schedule.getHandle(scheduleId).describe()).info.recentActions,
      (runs) => runs.length > 0,
    );
    const workflowId = run?.action.workflow.workflowId ?? '';
    const provisioning = await startTestProvisioning(worker);
    try {
      expect(await worker.temporal.client.workflow.getHandle(workflowId).result()).toMatchObject({
        rewrapped: 0,
        isDone: true,
      });
    } finally {
      await provisioning.close();
    }
    for (const kind of ['audit-checkpoint', 'retention', 'reconcile'])
      await somebody.schedule.getHandle(`${taskQueue}:${kind}`).delete();
  },
  async 'answer in the place of an activity'() {
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
        namespace,
        workflowId: handle.workflowId,
        activityId: '1',
        result: { payloads: [plain({ kind: 'done' })] },
      });
      await expect(handle.result()).rejects.toThrow();
      expect(effectsOf(handle.workflowId.split(':')[2] ?? '')).toBe(0);
    } finally {
      worker.beforeActivity = async () => {};
      going.resolve();
    }
  },
  async 'take tasks off our queues'() {
    const asked = swallowed;
    await eventually(
      () => seen(worker, asked.requestId),
      ({ state }) => state === 'queued',
    );
    // The row says so a moment before its workflow begins.
    const { approvalId } = await openQuestion(worker, asked.requestId);
    const approval = worker.temporal.client.workflow.getHandle(`approval:acme:${approvalId}:1`);
    await eventually(
      () => approval.describe().catch(() => undefined),
      (described) => described !== undefined,
    );
    await decide(worker, asked.requestId, lead, 'approve');
    expect(await asked.handle.result()).toMatchObject({ state: 'answered' });
    expect(effectsOf(asked.requestId)).toBe(1);
  },
  async 'send messages to workflows'() {
    const [one, other] = [await ask(worker, [comment()]), await ask(worker, [comment()])];
    await bare(one.handle).signal('lookAgain');
    expect(await update(one.handle.workflowId, 'first', [])).toBe('TENANT_MISMATCH');
    await decide(worker, one.requestId, lead, 'approve');
    const { approvalId } = await openQuestion(worker, one.requestId);
    const { events } = await worker.temporal.client.workflow
      .getHandle(`approval:acme:${approvalId}:1`)
      .fetchHistory();
    const vote = events?.flatMap(
      (event) =>
        event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.args?.payloads ?? [],
    );
    expect(vote).toHaveLength(2);
    const victim = await openQuestion(worker, other.requestId);
    const refusal = await update(`approval:acme:${victim.approvalId}:1`, 'decide', vote ?? []);
    expect(refusal).toBe('TENANT_MISMATCH');
    expect(await worker.stores.approvals.get('acme', victim.approvalId)).toMatchObject({ state: 'pending' });
    await one.handle.result();
    expect([effectsOf(one.requestId), effectsOf(other.requestId)]).toEqual([1, 0]);
  },
  async 'schedule an activity of ours with what they captured'() {
    // Each with each is in test/attacks/foreign-workflows.test.ts.
    const asked = await answered();
    const calls = await capturedFrom(connection, asked.handle.workflowId);
    expect(calls.map(({ activity }) => activity)).toEqual(['act', 'act']);
    const { taskQueue } = worker;
    const foreign = { connection, taskQueue, calls };
    const elsewhere = await runForeign({
      ...foreign,
      type: 'request',
      id: `request:acme:${newId('request')}`,
    });
    expect(new Set(elsewhere.values())).toEqual(new Set(['TENANT_MISMATCH']));
    const ofTheirs = await runForeign({ ...foreign, type: 'mine', id: asked.handle.workflowId });
    expect(new Set(ofTheirs.values())).toEqual(new Set(['CALL_NOT_SO']));
    const theVerySame = await runForeign({ ...foreign, type: 'request', id: asked.handle.workflowId });
    expect(new Set(theVerySame.values())).toEqual(new Set(['done']));
    expect(effectsOf(asked.requestId)).toBe(1);
  },
  async 'read what stands in clear'() {
    const asked = await answered();
    const { temporal, taskQueue } = worker;
    const person = { ...asker, userId: 'maria.muster@acme.test' };
    await signIn(worker.stores, person);
    const reasonRef = await worker.stores.content.save({
      tenantId: 'acme',
      purpose: 'decision_reason',
      ownerId: admin.userId,
      classification: 'internal',
      value: 'asked for it',
    });
    const { id: erasureId } = await worker.stores.erasures.begin('acme', {
      userId: person.userId,
      subject: null,
      requestedBy: admin.userId,
      reasonRef,
    });
    await createStartErasure({ temporal, taskQueue, waitMs: 5_000 })(admin, erasureId);
    const { text, histories } = await rawHistories({
      address,
      taskQueue,
      isOurs: (workflowId) =>
        workflowId.includes(asked.requestId) || workflowId === erasureWorkflowId('acme', erasureId),
    });
    expect(histories).toBeGreaterThan(1);
    expect(text).toContain(asked.requestId);
    expect(text).not.toContain('openclaw-');
    for (const secret of [person.userId, admin.userId, asker.userId, lead.userId, 'Fixed in 2.1'])
      expect(text).not.toContain(secret);
  },
};

it.each(Object.entries(remains))('they can %s', async (_what, tries) => tries());

it('SECURITY.md says so, and nothing else', () => {
  const [, section = ''] = readFileSync('SECURITY.md', 'utf8').split(
    /^## What remains possible at Temporal.*$/m,
  );
  const [table = ''] = section.split(/^## /m);
  const lines = [...table.matchAll(/^\| ([^|]+) \|/gm)].map(([, words = '']) => words.trim());
  expect(lines.filter((line) => line !== 'they can').toSorted()).toEqual(Object.keys(remains).toSorted());
});
