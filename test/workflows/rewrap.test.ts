import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRewrapKeys } from '#activities/upkeep/rewrap.ts';
import { rewrapWorkflowId } from '#domain/ids.ts';
import { installationTenant } from '#domain/tenant/tenant.ts';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { createLiveKeyRing } from '#platform/crypto/live-key-ring.ts';
import { createWrappedKeyStore } from '#stores/key/wrapped-keys.ts';
import { rewrapWorkflowType } from '#workflows/messages/rewrap.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { recordEventIn } from '../support/record-event.ts';
import { startTestProvisioning } from '../support/test-provisioning.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const keys = Object.fromEntries(['m1', 'm2'].map((id) => [id, randomBytes(32).toString('base64')]));
const fileOf = (active: string, ...ids: string[]) =>
  parseKeyRing(JSON.stringify({ active, keys: Object.fromEntries(ids.map((id) => [id, keys[id]])) }));

describe('the rewrap workflow', () => {
  let worker: TestWorker;
  /** The process that alone changes keys, on its own queue. */
  let provisioning: { close(): Promise<void> };
  beforeAll(async () => {
    worker = await startTestWorker({ envelope: createEnvelope(fileOf('m1', 'm1')) });
    provisioning = await startTestProvisioning(worker);
  });
  afterAll(async () => {
    await provisioning?.close();
    await worker?.close();
  });

  const run = (workflowId: string) =>
    worker.temporal.as({ tenantId: installationTenant, actorId: 'test', traceId: 'test' }, (client) =>
      client.workflow.execute(rewrapWorkflowType, {
        taskQueue: worker.taskQueue,
        workflowId,
        args: [{ tenantId: installationTenant }],
      }),
    );

  it('finds nothing to do while the master key is the same', async () => {
    await worker.stores.dataKeys.ready('acme');
    const id = rewrapWorkflowId(installationTenant, randomBytes(6).toString('hex'));
    expect(await run(id)).toEqual({ rewrapped: 0, unreadable: 0, isDone: true });
  });

  it('wraps what a worker with a new master key finds under the old one, and puts the end on record once', async () => {
    const { stores } = worker;
    await Promise.all([stores.dataKeys.ready('acme'), stores.dataKeys.ready('globex')]);
    const file = fileOf('m2', 'm1', 'm2');
    const ring = createLiveKeyRing({ current: () => file });
    const wrappedKeys = createWrappedKeyStore({ database: stores.database, envelope: createEnvelope(ring) });
    const rewrapKeys = createRewrapKeys({
      wrappedKeys,
      formerMasterKeys: ring.former,
      recordEvent: recordEventIn(stores),
      upkeep: stores.upkeep,
      operatorTenant: 'globex',
    });
    expect(await rewrapKeys('')).toMatchObject({ unreadable: 0, next: null });
    await rewrapKeys('');
    expect(await wrappedKeys.state()).toMatchObject({
      byMasterKey: [{ masterKey: 'm2' }],
      keptMasterKeys: ['m1'],
    });
    const entries = await entriesOf(stores, 'globex');
    expect(entries.filter(({ event }) => event === 'keys.rewrapped').map((one) => one.actionDetail)).toEqual([
      'every data key lies under master key m2',
    ]);
  });
});
