import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erasureWorkflowId, reconcileWorkflowId, retentionWorkflowId } from '#domain/ids.ts';
import { installationTenant } from '#domain/tenant/tenant.ts';
import { newId } from '#platform/new-id.ts';
import { erasureWorkflowType } from '#workflows/messages/erasure.ts';
import { type ReconcileResult, reconcileWorkflowType } from '#workflows/messages/reconcile.ts';
import { type RetentionResult, retentionWorkflowType } from '#workflows/messages/retention.ts';
import { admin, asker } from '../support/cast.ts';
import { effect } from '../support/examples.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker();
});
afterAll(() => worker?.close());

const start = (
  tenantId: string,
  type: string,
  { workflowId, input }: { workflowId: string; input: unknown },
) =>
  worker.temporal.as({ tenantId, actorId: 'test', traceId: workflowId }, (client) =>
    client.workflow.start(type, { workflowId, taskQueue: worker.taskQueue, args: [input] }),
  );

const round = (type: string, idOf: (tenantId: string, which: string) => string) =>
  start(installationTenant, type, {
    workflowId: idOf(installationTenant, randomUUID()),
    input: { tenantId: installationTenant },
  });

describe('rounds over the whole installation', () => {
  it('keep retention', async () => {
    const handle = await round(retentionWorkflowType, retentionWorkflowId);
    const result: RetentionResult = await handle.result();
    expect(result).toMatchObject({ monthsMade: 0, dropped: [] });
  });

  it('find what is missing, once', async () => {
    const start = effect();
    worker.clock.aheadMs = 2 * 3_600_000;
    const found = async (): Promise<ReconcileResult> =>
      (await round(reconcileWorkflowType, reconcileWorkflowId)).result();
    expect(await found()).toEqual({ gaps: 0, failed: 0 });
    await worker.stores.ledger.beginEffect('acme', start);
    expect(await found()).toEqual({ gaps: 1, failed: 0 });
    expect(await found()).toEqual({ gaps: 0, failed: 0 });
    worker.clock.aheadMs = 0;
  });

  it('are refused under the id of another kind of work', async () => {
    const input = { tenantId: installationTenant };
    const workflowId = reconcileWorkflowId(installationTenant, randomUUID());
    const handle = await start(installationTenant, retentionWorkflowType, { workflowId, input });
    await expect(handle.result()).rejects.toThrow();
  });
});

describe('the erasure of a person', () => {
  it('is refused for an erasure of another tenant', async () => {
    const erasureId = newId('erasure');
    const workflowId = erasureWorkflowId('globex', erasureId);
    const handle = await start('globex', erasureWorkflowType, { workflowId, input: { admin, erasureId } });
    await expect(handle.result()).rejects.toThrow();
  });

  it('waits for an open request, then erases and ends', async () => {
    const { content, erasures, requests, subjects } = worker.stores;
    const person = { ...asker, userId: 'to-be-erased' };
    const { request } = await requests.create(person, {
      id: newId('request'),
      idempotencyKey: 'k',
      bodyDigest: 'd'.repeat(64),
      text: 'words',
    });
    const reasonRef = await content.save({
      tenantId: 'acme',
      ownerId: admin.userId,
      purpose: 'decision_reason',
      classification: 'internal',
      value: 'asked',
    });
    const requestedBy = (await subjects.ensure('acme', [admin.userId])).get(admin.userId)?.subject ?? '';
    const begun = await erasures.begin('acme', {
      userId: person.userId,
      subject: null,
      requestedBy,
      reasonRef,
    });
    const looked = new Promise<void>((resolve) => {
      worker.beforeActivity = async (name) => {
        if (name === 'erasePerson') resolve();
      };
    });
    const handle = await start('acme', erasureWorkflowType, {
      workflowId: erasureWorkflowId('acme', begun.id),
      input: { admin, erasureId: begun.id },
    });
    await looked;
    await requests.withdrawUnstarted('acme', request.id, person.userId);
    expect(await handle.result()).toEqual({ state: 'done' });
    expect(await erasures.find('acme', begun.id)).toMatchObject({
      userId: null,
      result: { rows: { requests: 1, contents: 1 } },
    });
  });
});
