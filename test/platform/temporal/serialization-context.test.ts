import { createSecretKey, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import type { DataConverter, PayloadCodec, SerializationContext } from '@temporalio/common';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { CodedError } from '#domain/error.ts';
import { createEnvelope, keyIdOf } from '#platform/crypto/envelope.ts';
import { createDataConverter, failureConverterPath } from '#platform/temporal/data-converter.ts';
import { isEncrypted, type PayloadKeys } from '#platform/temporal/payload-codec.ts';
import { eventually } from '../../support/eventually.ts';
import { freshEnvelope } from '../../support/key-ring.ts';
import { change, everyPath, goesOn, look, refuse, tell } from './context-workflows.ts';
import '../../support/temporal-runtime.ts';

let native: NativeConnection;
let connection: Connection;
let workflowBundle: WorkflowBundle;

beforeAll(async () => {
  const address = inject('temporalAddress');
  [native, connection, workflowBundle] = await Promise.all([
    NativeConnection.connect({ address }),
    Connection.connect({ address }),
    bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('./context-workflows.ts', import.meta.url)),
      failureConverterPath,
      logger: new DefaultLogger('ERROR'),
    }),
  ]);
});
afterAll(() => Promise.all([connection.close(), native.close()]));

/** One workflow that is started, asked, changed, told, that acts, fails, and has children. */
async function walkEveryPath(dataConverter: DataConverter, tenant: string): Promise<string> {
  const taskQueue = `context-${randomBytes(6).toString('hex')}`;
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle,
    dataConverter,
    activities: {
      echo: async (text: string) => text,
      fail: async (text: string) => {
        throw new Error(`failed ${text}`);
      },
      beat: async (text: string) => {
        const { info, heartbeat } = Context.current();
        if (info.attempt === 2) return info.heartbeatDetails;
        heartbeat(`beaten ${text}`);
        throw new Error('once');
      },
    },
  });
  const client = new Client({ connection, dataConverter });
  const text = randomBytes(6).toString('hex');
  await worker.runUntil(async () => {
    const workflowId = `request:${tenant}:${text}`;
    const handle = await client.workflow.start(everyPath, {
      taskQueue,
      workflowId,
      args: [text],
      memo: { first: `at first ${text}` },
      staticSummary: `about ${text}`,
    });
    expect(await handle.query(look, text)).toBe(`seen ${text}`);
    expect(await handle.executeUpdate(change, { args: [text] })).toBe(`changed ${text}`);
    await expect(handle.executeUpdate(refuse, { args: [text] })).rejects.toMatchObject({
      cause: { message: `refused ${text}` },
    });
    await handle.signal(tell, 'told');
    expect(await handle.result()).toBe(
      [
        `${text},ActivityFailure: Activity task failed,child ${text}`,
        'ChildWorkflowFailure: Child Workflow execution failed,told',
        `beaten ${text},${text},child told ${text},at first ${text},noted ${text}`,
      ].join(),
    );
    const seen = await handle.describe();
    expect([seen.memo, await seen.staticSummary()]).toEqual([
      { first: `at first ${text}`, later: `noted ${text}` },
      `about ${text}`,
    ]);
    await expectReset(client, { taskQueue, workflowId, text });
    const goingOn = await client.workflow.start(goesOn, {
      taskQueue,
      workflowId: `on:${tenant}:${text}`,
      args: [text],
    });
    expect(await goingOn.result()).toBe(`new ${text}`);
    await expectScheduled(client, { taskQueue, workflowId: `scheduled:${tenant}:${text}`, text });
  });
  return text;
}

interface Walk {
  taskQueue: string;
  workflowId: string;
  text: string;
}

/** A reset takes the history up to a point for a new run: all that it holds opens there as well. */
async function expectReset(client: Client, { workflowId, text }: Walk): Promise<void> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const completed = events?.findLast((event) => event.workflowTaskCompletedEventAttributes);
  await connection.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId },
    workflowTaskFinishEventId: completed?.eventId ?? null,
    requestId: randomBytes(6).toString('hex'),
    reason: 'a test',
  });
  expect(await client.workflow.getHandle(workflowId).result()).toContain(`noted ${text}`);
}

/** What a Schedule starts has the id that its arguments were sealed for, and the time behind it. */
async function expectScheduled(client: Client, { taskQueue, workflowId, text }: Walk): Promise<void> {
  const schedule = await client.schedule.create({
    scheduleId: workflowId,
    spec: {},
    action: { type: 'startWorkflow', workflowType: goesOn, args: [text, true], taskQueue, workflowId },
  });
  await schedule.trigger();
  const [run] = await eventually(
    async () => (await schedule.describe()).info.recentActions,
    (runs) => runs.length > 0,
  );
  expect(await client.workflow.getHandle(run?.action.workflow.workflowId ?? '').result()).toBe(`new ${text}`);
  expect((await schedule.describe()).action.args).toEqual([text, true]);
  await schedule.delete();
}

describe("the SDK's serialization context", () => {
  it('names the workflow on every path', async () => {
    const seen: { what: string; context: SerializationContext | undefined }[] = [];
    const codec: PayloadCodec = {
      async encode(payloads, context) {
        if (payloads.length > 0) seen.push({ what: 'encode', context });
        return payloads;
      },
      async decode(payloads, context) {
        if (payloads.length > 0) seen.push({ what: 'decode', context });
        return payloads;
      },
    };
    const text = await walkEveryPath({ payloadCodecs: [codec], failureConverterPath }, 'acme');
    const named = (what: string) =>
      new Set(
        seen
          .filter((one) => one.what === what)
          .map(({ context }) => context?.workflowId?.replace(/-\d{4}-\d\d-\d\dT.*$/, '')),
      );
    const all = [
      `request:acme:${text}`,
      ...['of', 'broken', 'told'].map((child) => `child:acme:${child}-${text}`),
      `on:acme:${text}`,
      `scheduled:acme:${text}`,
    ];
    expect(seen.length).toBeGreaterThan(20);
    expect(named('encode')).toEqual(new Set(all));
    expect(named('decode')).toEqual(new Set(all));
  });
});

function isPayload(value: object): value is { data: Uint8Array } {
  return 'data' in value && value.data instanceof Uint8Array;
}

describe('payloads of a tenant', () => {
  const keyOf = (id: string) => {
    const key = createSecretKey(randomBytes(32));
    return createEnvelope({ active: { id, key }, find: (other) => (other === id ? key : undefined) });
  };
  const keys = new Map([
    ['acme', keyOf('dek_acme')],
    ['globex', keyOf('dek_globex')],
  ]);
  const tenantKeys: PayloadKeys = {
    async forPayloads(tenantId) {
      const envelope = keys.get(tenantId);
      if (envelope === undefined) throw new CodedError('CONTENT_UNREADABLE');
      return envelope;
    },
    tenantOfKey: async (id) => (id.startsWith('dek_') ? id.slice(4) : undefined),
  };

  /** Ids of the keys that sealed what stands in a history. */
  async function keysIn(workflowId: string): Promise<string[]> {
    const { history } = await connection.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId },
    });
    const found = new Set<string>();
    const lookThrough = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
      if (isPayload(value)) {
        found.add(isEncrypted(value) ? keyIdOf(value.data) : `plain: ${Buffer.from(value.data).toString()}`);
        return;
      }
      // No header is sent; `data` of a marker is what the SDK notes of a local activity, its number, name and times.
      for (const [name, part] of Object.entries(value)) if (name !== 'data') lookThrough(part);
    };
    lookThrough(history);
    return [...found];
  }

  it.each(['acme', 'globex'])('are sealed under its own key on every path: %s', async (tenant) => {
    const text = await walkEveryPath(
      createDataConverter(freshEnvelope(), { namespace: 'default', tenantKeys }),
      tenant,
    );
    expect(await keysIn(`request:${tenant}:${text}`)).toEqual([`dek_${tenant}`]);
  });
});
