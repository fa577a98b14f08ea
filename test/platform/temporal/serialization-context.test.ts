import { createSecretKey, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
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
import { freshEnvelope } from '../../support/key-ring.ts';
import { change, everyPath, look, refuse, tell } from './context-workflows.ts';
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
    },
  });
  const client = new Client({ connection, dataConverter });
  const text = randomBytes(6).toString('hex');
  await worker.runUntil(async () => {
    const workflowId = `request:${tenant}:${text}`;
    const handle = await client.workflow.start(everyPath, { taskQueue, workflowId, args: [text] });
    expect(await handle.query(look, text)).toBe(`seen ${text}`);
    expect(await handle.executeUpdate(change, { args: [text] })).toBe(`changed ${text}`);
    await expect(handle.executeUpdate(refuse, { args: [text] })).rejects.toMatchObject({
      cause: { message: `refused ${text}` },
    });
    await handle.signal(tell, 'told');
    expect(await handle.result()).toBe(
      `${text},ActivityFailure: Activity task failed,child ${text},ChildWorkflowFailure: Child Workflow execution failed,told`,
    );
  });
  return text;
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
      new Set(seen.filter((one) => one.what === what).map(({ context }) => context?.workflowId));
    const all = [`request:acme:${text}`, `child:acme:of-${text}`, `child:acme:broken-${text}`];
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
      // Headers hold opaque ids only and pass by every codec.
      for (const [name, part] of Object.entries(value)) if (name !== 'header') lookThrough(part);
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
