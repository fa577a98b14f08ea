import { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Caller } from '#domain/caller.ts';
import { requestWorkflowId } from '#domain/ids.ts';
import { createDataConverter } from '#platform/temporal/data-converter.ts';
import { ask, comment, prepare } from '../support/ask.ts';
import { toHeaders } from '../support/call-headers.ts';
import { asker, lead, signIn } from '../support/cast.ts';
import { openApproval, stateOf } from '../support/open-approval.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';
import { claimsOf, put, refusalOf, signed } from '../support/vote.ts';

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

const asAcme = { tenantId: 'acme', actorId: 'acme-lead', traceId: 'req_1' };
const asGlobex = { ...asAcme, tenantId: 'globex' };

/**
 * A client of somebody who reaches the Temporal port, with whatever headers they like and no codec: what they are
 * answered they can't read.
 */
function stranger(caller?: Caller, more: { codec?: boolean } = {}): Client {
  const headers = (): Headers =>
    caller === undefined ? {} : toHeaders(caller, (text) => defaultPayloadConverter.toPayload(text));
  return new Client({
    connection,
    ...(more.codec === true
      ? { dataConverter: createDataConverter(worker.envelope, { namespace: 'default' }) }
      : {}),
    interceptors: {
      workflow: [
        {
          startWithDetails: (input, next) => next({ ...input, headers: headers() }),
          startUpdate: (input, next) => next({ ...input, headers: headers() }),
        },
      ],
    },
  });
}

describe('somebody without our keys', () => {
  it('sends a vote in plain text, well signed even: it neither counts nor blocks the approval', async () => {
    const open = await openApproval(worker);
    const vote = signed(worker.signer, claimsOf(open.question, lead, 'approve'));
    const handle = stranger(asAcme).workflow.getHandle(open.handle.workflowId);
    await expect(handle.executeUpdate('decide', { args: [vote] })).rejects.toThrow(
      'Unknown encoding: binary/encrypted',
    );
    expect(await stateOf(worker, open)).toBe('pending');
    expect(await put(worker.temporal, open.question, vote)).toMatchObject({ outcome: 'approved' });
  });

  it('sends bytes that pretend to be encrypted: they neither count nor block the approval', async () => {
    const open = await openApproval(worker);
    const pretends = new Client({
      connection,
      interceptors: stranger(asAcme).options.interceptors,
      dataConverter: {
        payloadCodecs: [
          {
            encode: async (payloads) =>
              payloads.map(() => ({
                metadata: { encoding: Buffer.from('binary/encrypted') },
                data: Buffer.from('not what it says'),
              })),
            decode: async (payloads) => payloads,
          },
        ],
      },
    });
    const handle = pretends.workflow.getHandle(open.handle.workflowId);
    await expect(handle.executeUpdate('decide', { args: ['anything'] })).rejects.toThrow(
      'Unknown encoding: binary/encrypted',
    );
    await handle.signal('anything', 'at all');
    const vote = signed(worker.signer, claimsOf(open.question, lead, 'approve'));
    expect(await put(worker.temporal, open.question, vote)).toMatchObject({ outcome: 'approved' });
  });

  it('signals in plain text what nobody listens to: the approval goes on', async () => {
    const open = await openApproval(worker);
    await stranger().workflow.getHandle(open.handle.workflowId).signal('decide', { choice: 'approve' });
    const vote = signed(worker.signer, claimsOf(open.question, lead, 'reject'));
    expect(await put(worker.temporal, open.question, vote)).toMatchObject({ outcome: 'rejected' });
  });
});

describe('a call of another tenant, or of none', () => {
  it.each([
    ['another', asGlobex],
    ['none', undefined],
  ])('does not decide an approval: %s', async (_name, caller) => {
    const open = await openApproval(worker);
    const vote = signed(worker.signer, claimsOf(open.question, lead, 'approve'));
    const handle = stranger(caller, { codec: true }).workflow.getHandle(open.handle.workflowId);
    expect(await refusalOf(handle.executeUpdate('decide', { args: [vote] }))).toBe('TENANT_MISMATCH');
    expect(await stateOf(worker, open)).toBe('pending');
  });

  it('does not hear the first outcome of a request', async () => {
    const asked = await ask(worker, [comment()]);
    const handle = stranger(asGlobex, { codec: true }).workflow.getHandle(asked.handle.workflowId);
    expect(await refusalOf(handle.executeUpdate('first'))).toBe('TENANT_MISMATCH');
  });

  it.each([
    ['another', asGlobex],
    ['none', undefined],
  ])('does not start a request: %s', async (_name, caller) => {
    const { requestId, actions } = await prepare(worker, [comment()]);
    const running = stranger(caller, { codec: true }).workflow.execute('request', {
      workflowId: requestWorkflowId('acme', requestId),
      taskQueue: worker.taskQueue,
      args: [{ actor: asker, requestId, actions, approvalExpiresMs: 1_000, resolutionExpiresMs: 1_000 }],
    });
    expect(await refusalOf(running)).toBe('TENANT_MISMATCH');
    expect(worker.provider.effects).toEqual([]);
    expect(await worker.stores.requests.get('acme', requestId)).toMatchObject({ state: 'received' });
  });
});
