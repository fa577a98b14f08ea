import { Connection, ScheduleClient } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { auditCheckpointWorkflowId } from '#domain/ids.ts';
import { createFreshCheckpoint } from '#gateway/temporal/fresh-checkpoint.ts';
import { createTrust } from '#transparency/trust.ts';
import { ensureSchedules } from '#workers/ensure-schedules.ts';
import type { AuditCheckpointResult } from '#workflows/messages/audit-checkpoint.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { asker, auditEntry } from '../support/examples.ts';
import { patience } from '../support/patience.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker();
});
afterAll(() => worker?.close());

async function write(count: number, tenantId = 'acme'): Promise<void> {
  const entries = Array.from({ length: count }, () => auditEntry({ tenantId }));
  await worker.stores.ledger.record(tenantId, { decision: null, entries, dedupeKey: null });
}

const start = (workflowId: string, tenantId: string, as = 'acme') =>
  worker.temporal.as({ tenantId: as, actorId: 'test', traceId: 'test' }, (client) =>
    client.workflow.execute('auditCheckpoint', {
      workflowId,
      taskQueue: worker.taskQueue,
      args: [{ tenantId }],
    }),
  );

describe('the audit checkpoint workflow', () => {
  it('seals one tenant when somebody asks', async () => {
    await write(10);
    const entries = await entriesOf(worker.stores, 'acme');
    expect(entries.length).toBeGreaterThanOrEqual(10);
    const warnings: string[] = [];
    const log = { warn: (_fields: object, message: string) => warnings.push(message) };
    const { temporal, taskQueue } = worker;
    const freshCheckpoint = createFreshCheckpoint({ temporal, taskQueue, waitMs: 20_000, log });
    await Promise.all([freshCheckpoint(asker), freshCheckpoint(asker)]);
    expect(warnings).toEqual([]);
    const { head, keys } = await worker.stores.tree.state('acme');
    expect(head?.claims.size).toBe(entries.length);
    expect(head && createTrust([worker.auditKey], keys).distrust(head)).toBeUndefined();
    const { searchAttributes } = await temporal.as({ ...asker, actorId: 'test', traceId: 'test' }, (client) =>
      client.workflow.getHandle(auditCheckpointWorkflowId('acme', `${taskQueue}:now`)).describe(),
    );
    expect(searchAttributes).toMatchObject({ TenantId: ['acme'], Kind: ['audit-checkpoint'] });
    expect((await worker.stores.tree.state('globex')).head).toBeNull();
  });

  it('seals every tenant on the clock, made once by whichever worker comes first', async () => {
    await write(3, 'globex');
    const connection = await Connection.connect({ address: inject('temporalAddress') });
    try {
      const { envelope, taskQueue } = worker;
      const options = { connection, namespace: 'default', taskQueue, envelope };
      await Promise.all([ensureSchedules(options), ensureSchedules(options)]);
      const schedule = new ScheduleClient({ connection, namespace: 'default' }).getHandle(
        `${taskQueue}:audit-checkpoint`,
      );
      await schedule.trigger();
      await expect
        .poll(async () => (await worker.stores.tree.state('globex')).head?.claims.size, patience)
        .toBe(3);
      await schedule.delete();
    } finally {
      await connection.close();
    }
  });

  it('refuses work for another tenant than its own', async () => {
    const refused = async (promise: Promise<unknown>) => promise.then(() => 'done').catch(String);
    const own = auditCheckpointWorkflowId('acme', 'x');
    expect(await refused(start(own, 'globex'))).not.toBe('done');
    expect(await refused(start(auditCheckpointWorkflowId('globex', 'x'), 'globex'))).toContain('tenant');
    expect(await refused(start(`request:acme:${own}`, 'acme'))).not.toBe('done');
  });

  it('tells how it went', async () => {
    const result: AuditCheckpointResult = await start(auditCheckpointWorkflowId('acme', 'y'), 'acme');
    expect(result).toEqual({ signed: 1, broken: 0, failed: 0, unpublished: 0 });
  });
});
