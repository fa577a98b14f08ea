import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActionTable } from '#connectors/registry.ts';
import { unstated } from '#domain/caller.ts';
import {
  approvalWorkflowId,
  auditCheckpointWorkflowId,
  erasureWorkflowId,
  requestWorkflowId,
  tenantOfWorkflowId,
  tenantWorkflowId,
} from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import { createFreshCheckpoint } from '#gateway/temporal/fresh-checkpoint.ts';
import { createPlanTyped } from '#gateway/temporal/plan-typed.ts';
import { createStartErasure } from '#gateway/temporal/start-erasure.ts';
import { createStartRequest } from '#gateway/temporal/start-request.ts';
import { createTenantWork } from '#gateway/temporal/tenant-work.ts';
import { newId } from '#platform/new-id.ts';
import { startWorkflow } from '#platform/temporal/start-workflow.ts';
import type { StoredRequest } from '#stores/request/requests.ts';
import { ensureSchedules } from '#workers/ensure-schedules.ts';
import { startLostTenantWork } from '#workers/start-lost-tenant-work.ts';
import { ask, comment } from '../../support/ask.ts';
import { eventually } from '../../support/eventually.ts';
import { asker, newRequest } from '../../support/examples.ts';
import { filesWith, sourceFiles, textOf } from '../../support/imports.ts';
import { inWorkflow, openedAt } from '../../support/payloads.ts';
import { recordEventIn } from '../../support/record-event.ts';
import { startTestWorker, type TestWorker } from '../../support/test-worker.ts';

/** Nobody serves it: what is started stays as it was started. */
const taskQueue = `nobody-${randomBytes(6).toString('hex')}`;
const now = () => new Date();
const log = { warn: () => {} };
let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker();
});
const tenants = ['acme', 'globex'] as const;

const personOf = (tenantId: string): Actor => ({ ...asker, tenantId, role: 'enterprise_admin' });

async function requestOf(tenantId: string): Promise<StoredRequest> {
  return (await worker.stores.requests.create(personOf(tenantId), newRequest())).request;
}

const startRequest = () =>
  createStartRequest({
    ...worker.stores,
    recordEvent: recordEventIn(worker.stores, now),
    planTyped: createPlanTyped({ requests: worker.stores.requests, actions: createActionTable() }),
    temporal: worker.temporal,
    taskQueue,
    approvalExpiresMs: 60_000,
    resolutionExpiresMs: 60_000,
    log,
  });

/** Other files make and end acme on the same server, under keys of their own: their workflow would be found. */
const anotherOf = (tenantId: string) => `${tenantId}-${randomBytes(5).toString('hex')}`;

/** A tenant of its own whose work nobody has started. */
async function lostTenant(step: 'create' | 'delete'): Promise<string> {
  const id = `t${randomBytes(5).toString('hex')}`;
  const { tenants: store } = worker.stores;
  await store.add({ id, name: 'Initech', domains: [], oidcIssuer: null });
  if (step === 'delete') {
    await store.step(id, { from: ['provisioning'], to: 'active' });
    await store.step(id, { from: ['active'], to: 'deleting', waitMs: 0 });
  }
  const { temporal } = worker;
  await startLostTenantWork({ tenants: store, temporal, taskQueue, operatorTenant: 'acme' });
  return tenantWorkflowId(id, step);
}

const onTheClock = ['audit-checkpoint', 'retention', 'rewrap', 'reconcile'] as const;
const clock = `clock-${taskQueue}`;

/** The first run of a Schedule as the worker makes it. */
async function firstRun(name: (typeof onTheClock)[number]): Promise<string> {
  const { temporal, envelope } = worker;
  const { connection, schedule: schedules } = temporal.client;
  await ensureSchedules({ connection, namespace: 'default', taskQueue: clock, envelope });
  const schedule = schedules.getHandle(`${clock}:${name}`);
  await schedule.trigger();
  const [run] = await eventually(
    async () => (await schedule.describe()).info.recentActions,
    (runs) => runs.length > 0,
  );
  return run?.action.workflow.workflowId ?? '';
}

afterAll(async () => {
  if (worker === undefined) return;
  const { schedule } = worker.temporal.client;
  for (const name of onTheClock) await schedule.getHandle(`${clock}:${name}`).delete();
  await worker.close();
});

/** Each file that starts workflows, with each way that it does, for any tenant or its own: the id of what that started. */
const starters: Record<string, Record<string, (tenantId: string) => Promise<string>>> = {
  'gateway/temporal/start-request.ts': {
    alone: async (tenantId) => {
      const row = await requestOf(tenantId);
      await startRequest().only(row);
      return requestWorkflowId(tenantId, row.id);
    },
    'with the wait for a first answer': async (tenantId) => {
      const row = await requestOf(tenantId);
      await expect(startRequest().andWait(row, 'list the open issues', 1_000)).rejects.toThrow();
      return requestWorkflowId(tenantId, row.id);
    },
    anew: async (tenantId) => {
      const row = await requestOf(tenantId);
      expect(await startRequest().again(row)).toBe(true);
      return requestWorkflowId(tenantId, row.id);
    },
  },
  'gateway/temporal/start-erasure.ts': {
    'an erasure': async (tenantId) => {
      const { temporal } = worker;
      const id = newId('erasure');
      await createStartErasure({ temporal, taskQueue, waitMs: 1 })(personOf(tenantId), id);
      return erasureWorkflowId(tenantId, id);
    },
  },
  'gateway/temporal/tenant-work.ts': {
    'a tenant made': async (tenantId) => {
      const { temporal } = worker;
      const id = anotherOf(tenantId);
      await createTenantWork({ temporal, taskQueue }).create(id, personOf('acme'));
      return tenantWorkflowId(id, 'create');
    },
    'a tenant ended': async (tenantId) => {
      const { temporal } = worker;
      const id = anotherOf(tenantId);
      await createTenantWork({ temporal, taskQueue }).delete(id, personOf('acme'));
      return tenantWorkflowId(id, 'delete');
    },
  },
  'gateway/temporal/fresh-checkpoint.ts': {
    'a head asked for': async (tenantId) => {
      const { temporal } = worker;
      await createFreshCheckpoint({ temporal, taskQueue, waitMs: 1_000, log })(personOf(tenantId));
      return auditCheckpointWorkflowId(tenantId, `${taskQueue}:now`);
    },
  },
  'workers/start-lost-tenant-work.ts': {
    'a lost making': () => lostTenant('create'),
    'a lost ending': () => lostTenant('delete'),
  },
  'workers/ensure-schedules.ts': Object.fromEntries(
    onTheClock.map((name) => [`${name}, on the clock`, () => firstRun(name)]),
  ),
  'workflows/request.ts': {
    'an approval, as a child': async () => {
      const asked = await ask(worker, [comment()]);
      return approvalWorkflowId(asker.tenantId, asked.first.approvalId ?? '', 1);
    },
  },
};

const grid = Object.entries(starters).flatMap(([file, ways]) =>
  Object.entries(ways).flatMap(([way, start]) =>
    (start.length > 0 ? tenants : ['acme']).map((tenantId) => ({ file, way, tenantId, start })),
  ),
);

async function startedAs(workflowId: string) {
  const { events } = await worker.temporal.client.workflow.getHandle(workflowId).fetchHistory();
  const started = events?.[0]?.workflowExecutionStartedEventAttributes;
  const shown = Object.entries(started?.searchAttributes?.indexedFields ?? {});
  return {
    shown: Object.fromEntries(
      shown.map(([name, payload]) => [name, defaultPayloadConverter.fromPayload(payload)]),
    ),
    headers: Object.keys(started?.header?.fields ?? {}),
    said: unstated(await openedAt(worker.envelope, inWorkflow(workflowId), started?.input?.payloads ?? []))
      .statement,
    type: started?.workflowType?.name,
    fairnessKey: started?.priority?.fairnessKey,
  };
}

describe('every workflow that is started', () => {
  it.each(grid)(
    'by $file ($way, $tenantId) is found by tenant and kind, says for whom, and takes turns by tenant',
    async ({ start, tenantId }) => {
      const workflowId = await start(tenantId);
      const [kind] = workflowId.split(':');
      const of = tenantOfWorkflowId(workflowId);
      expect(of).toBeDefined();
      const { type, ...begun } = await startedAs(workflowId);
      expect(begun).toEqual({
        shown: expect.objectContaining({ TenantId: of, Kind: kind }),
        headers: [],
        said: {
          openclawCall: `start ${type}`,
          tenantId: of,
          actorId: expect.stringMatching(/./),
          traceId: expect.stringMatching(/./),
        },
        fairnessKey: of,
      });
    },
  );

  it('is started in its caller’s tenant alone, whoever asks', async () => {
    await expect(
      startWorkflow(worker.temporal, {
        caller: { tenantId: 'acme', actorId: 'acme-user', traceId: 'trace' },
        kind: 'erasure',
        type: 'erasure',
        workflowId: erasureWorkflowId('globex', newId('erasure')),
        taskQueue,
        input: {},
        whenEnded: 'again',
      }),
    ).rejects.toMatchObject({ code: 'TENANT_MISMATCH' });
  });
});

describe('a workflow that is started twice', () => {
  const started = (workflowId: string, whenEnded: 'again' | 'stands') =>
    startWorkflow(worker.temporal, {
      caller: { tenantId: 'acme', actorId: 'acme-user', traceId: 'trace' },
      kind: 'erasure',
      type: 'erasure',
      workflowId,
      taskQueue,
      input: {},
      whenEnded,
    });
  const runOf = async (workflowId: string) => {
    const { runId, status } = await worker.temporal.client.workflow.getHandle(workflowId).describe();
    return { runId, status: status.name };
  };

  it.each([
    ['again', 'RUNNING'],
    ['stands', 'TERMINATED'],
  ] as const)('runs once; once it has ended and its end says "%s", it is %s', async (whenEnded, status) => {
    const workflowId = erasureWorkflowId('acme', newId('erasure'));
    await started(workflowId, whenEnded);
    const first = await runOf(workflowId);
    await started(workflowId, whenEnded);
    expect(await runOf(workflowId)).toEqual({ ...first, status: 'RUNNING' });
    await worker.temporal.as({ tenantId: 'acme', actorId: 'test', traceId: 'test' }, (client) =>
      client.workflow.getHandle(workflowId).terminate(),
    );
    await started(workflowId, whenEnded);
    expect((await runOf(workflowId)).status).toBe(status);
  });
});

it('every file that starts workflows is shown above', () => {
  const starts = /\b(startWorkflow|startChildOf|ensureSchedule)\(/;
  const itself = /\bfunction (startWorkflow|startChildOf|ensureSchedule)\b/;
  const files = filesWith(sourceFiles, starts).filter((file) => !itself.test(textOf(file)));
  expect(files).toEqual(Object.keys(starters).toSorted());
});
