import { afterAll, describe, expect, it } from 'vitest';
import { connectTemporal } from '#platform/temporal/client.ts';
import { freshEnvelope } from '../../support/key-ring.ts';

/** Nobody listens there: what isn't refused by the client itself fails differently. */
const temporal = connectTemporal({
  address: '127.0.0.1:1',
  namespace: 'default',
  envelope: freshEnvelope(),
});
afterAll(() => temporal.close());

const acme = { tenantId: 'acme', actorId: 'ada', traceId: 'req_1' };
const handleOf = (workflowId: string) => temporal.client.workflow.getHandle(workflowId);
const start = (workflowId: string) =>
  temporal.client.workflow.start('request', { workflowId, taskQueue: 'q', args: [] });

const calls: Record<string, (workflowId: string) => Promise<unknown>> = {
  start,
  update: (workflowId) => handleOf(workflowId).executeUpdate('decide'),
  query: (workflowId) => handleOf(workflowId).query('state'),
  signal: (workflowId) => handleOf(workflowId).signal('wake'),
  terminate: (workflowId) => handleOf(workflowId).terminate(),
  cancel: (workflowId) => handleOf(workflowId).cancel(),
  signalWithStart: (workflowId) =>
    temporal.client.workflow.signalWithStart('request', {
      workflowId,
      taskQueue: 'q',
      signal: 'wake',
    }),
};

describe('the Temporal client', () => {
  it.each(Object.keys(calls))('refuses to %s a workflow of another tenant', async (name) => {
    const call = calls[name];
    await expect(temporal.as(acme, async () => call?.('request:globex:req_1'))).rejects.toMatchObject({
      code: 'TENANT_MISMATCH',
    });
  });

  it.each(Object.keys(calls))('refuses to %s for nobody', async (name) => {
    await expect(calls[name]?.('request:acme:req_1')).rejects.toMatchObject({ code: 'TENANT_MISMATCH' });
  });

  it.each(['', 'request', 'request:acme', 'request::x', 'request:ACME:x'])(
    'refuses an id that is not ours: %j',
    async (workflowId) => {
      const update = temporal.as(acme, () => handleOf(workflowId).executeUpdate('decide'));
      await expect(update).rejects.toMatchObject({ code: 'TENANT_MISMATCH' });
    },
  );

  it('lets calls to the own tenant through to the server', async () => {
    const update = temporal.as(acme, (client) =>
      client.withDeadline(
        Date.now() + 200,
        () => calls['query']?.('request:acme:req_1') ?? Promise.resolve(),
      ),
    );
    await expect(update).rejects.not.toMatchObject({ code: 'TENANT_MISMATCH' });
  });
});
