import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRequestWorkflows } from '#activities/upkeep/request-workflows.ts';
import { reconcileWorkflowId, requestWorkflowId } from '#domain/ids.ts';
import { searchAttributes } from '#domain/search-attributes.ts';
import { installationTenant } from '#domain/tenant/tenant.ts';
import { createReconcileWorkflows, type RequestWorkflows } from '#governance/upkeep/reconcile-workflows.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import type { Gap } from '#stores/audit/gap.ts';
import { type ReconcileResult, reconcileWorkflowType } from '#workflows/messages/reconcile.ts';
import { requestWorkflowType } from '#workflows/messages/request.ts';
import { callerOf, comment, firstOf, prepare } from '../support/ask.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { admin, asker, lead, signIn } from '../support/cast.ts';
import { eventually } from '../support/eventually.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let worker: TestWorker;
let workflows: RequestWorkflows;

beforeAll(async () => {
  worker = await startTestWorker();
  await signIn(worker.stores, asker, lead, admin);
  workflows = createRequestWorkflows(worker.temporal.client, worker.taskQueue);
});
afterAll(() => worker?.close());

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
const day = 86_400_000;

/** As the gateway starts it, so that lists of workflows have it. */
async function startRequest(requestId: string, actions?: Awaited<ReturnType<typeof prepare>>['actions']) {
  const input = { actor: asker, requestId, approvalExpiresMs: day, resolutionExpiresMs: day };
  await worker.temporal.as(callerOf(requestId), (client) =>
    client.workflow.start(requestWorkflowType, {
      workflowId: requestWorkflowId('acme', requestId),
      taskQueue: worker.taskQueue,
      args: [{ ...input, ...(actions && { actions }) }],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      typedSearchAttributes: new TypedSearchAttributes([
        { key: keyword(searchAttributes.tenant), value: 'acme' },
        { key: keyword(searchAttributes.kind), value: 'request' },
      ]),
    }),
  );
  return firstOf(worker, requestId);
}

async function answered(): Promise<string> {
  const { requestId } = await prepare(worker, 'list the open issues of acme/website');
  expect(await startRequest(requestId)).toEqual({ state: 'answered' });
  await listed(requestId, 'closed');
  return requestId;
}

async function waiting(): Promise<string> {
  const { requestId, actions } = await prepare(worker, [comment()]);
  expect(await startRequest(requestId, actions)).toMatchObject({ state: 'queued' });
  await listed(requestId, 'running');
  return requestId;
}

/** Temporal's lists come a moment later. */
function listed(requestId: string, as: 'closed' | 'running'): Promise<unknown> {
  const ids = async () => {
    const span = { after: new Date(0).toISOString(), before: new Date(Date.now() + day).toISOString() };
    const found: string[] = [];
    if (as === 'running') for await (const id of workflows.running('acme', span.before)) found.push(id);
    else for await (const one of workflows.closed('acme', span)) found.push(one.requestId);
    return found;
  };
  return eventually(ids, (found) => found.includes(requestId));
}

const handleOf = (requestId: string) =>
  worker.temporal.client.workflow.getHandle(requestWorkflowId('acme', requestId));

const terminate = (requestId: string) =>
  worker.temporal.as(callerOf(requestId), () => handleOf(requestId).terminate('test'));

/** What nobody but a superuser can do. */
async function plant(statement: string, requestId: string): Promise<void> {
  await withAdmin(worker.databases.adminUrl, async (client) => {
    await client.query("SET session_replication_role = 'replica'");
    expect((await client.query(statement, [requestId])).rowCount).toBe(1);
  });
}

/** `aheadMs`: how far on the clock is; row and workflow may disagree for an hour. */
const reconcile = (aheadMs = 2 * 3_600_000, of = workflows, tenantId = 'acme') => {
  const now = () => new Date(Date.now() + aheadMs);
  const look = createReconcileWorkflows({ gaps: worker.stores.gaps, now, overdueAfterMs: 3_600_000 });
  return look(tenantId, of, () => {});
};
const told = (gaps: readonly Gap[]) => gaps.map(({ kind, ref }) => `${kind} ${ref}`).toSorted();

const reopen = `UPDATE tenant_acme.requests SET state = 'running', finished_at = NULL WHERE id = $1`;

describe('requests and their workflows', () => {
  it('are at one where nothing is missing: answered, waiting for a person, or begun anew', async () => {
    await answered();
    await waiting();
    const broken = await waiting();
    await terminate(broken);
    const actions = await worker.stores.requests.savePlan(asker, broken, { planner: '', actions: [] });
    await startRequest(broken, actions);
    await listed(broken, 'closed');
    expect(told(await reconcile())).toEqual([]);
  });

  it('differ when a workflow is done and its request is open; that is told once', async () => {
    const requestId = await answered();
    await plant(reopen, requestId);
    expect(told(await reconcile(0))).toEqual([]);
    expect(told(await reconcile())).toEqual([`workflow_done_request_open ${requestId}`]);
    expect(told(await reconcile())).toEqual([]);
    const entries = await entriesOf(worker.stores, 'acme', { userId: 'openclaw-reconciler' });
    expect(entries.filter(({ metadata }) => metadata['ref'] === requestId)).toMatchObject([
      { event: 'audit.gap_found', outcome: 'error' },
    ]);
  });

  it('differ when a workflow was terminated under its request and nobody took it up again', async () => {
    const requestId = await waiting();
    await terminate(requestId);
    await listed(requestId, 'closed');
    expect(told(await reconcile(0))).toEqual([]);
    expect(told(await reconcile())).toEqual([`workflow_broken_request_open ${requestId}`]);
    expect(told(await reconcile())).toEqual([]);
  });

  it('differ when a request is over and its workflow still waits', async () => {
    const requestId = await waiting();
    await plant(`UPDATE tenant_acme.requests SET state = 'answered' WHERE id = $1`, requestId);
    expect(told(await reconcile(0))).toEqual([]);
    expect(told(await reconcile())).toEqual([`request_done_workflow_running ${requestId}`]);
    await terminate(requestId);
    await listed(requestId, 'closed');
    expect(told(await reconcile())).toEqual([]);
  });

  it('differ when a workflow ran for a request that has no row', async () => {
    const gone = [await answered(), await waiting()];
    for (const requestId of gone) await plant('DELETE FROM tenant_acme.requests WHERE id = $1', requestId);
    expect(told(await reconcile())).toEqual(gone.map((id) => `workflow_without_request ${id}`).toSorted());
  });

  it('are not compared with those of another installation or tenant, or of long ago', async () => {
    const requestId = await answered();
    await plant(reopen, requestId);
    const elsewhere = createRequestWorkflows(worker.temporal.client, `${worker.taskQueue}-other`);
    expect(told(await reconcile(2 * 3_600_000, elsewhere))).toEqual([]);
    expect(told(await reconcile(2 * 3_600_000, workflows, 'globex'))).toEqual([]);
    expect(told(await reconcile(4 * day))).toEqual([]);
    expect(told(await reconcile())).toEqual([`workflow_done_request_open ${requestId}`]);
  });

  it('tell no gap when Temporal is away; the next round finds it', async () => {
    const requestId = await answered();
    await plant(reopen, requestId);
    const connection = Connection.lazy({ address: '127.0.0.1:1', interceptors: [] });
    const away = createRequestWorkflows(new Client({ connection }), worker.taskQueue);
    await expect(reconcile(2 * 3_600_000, away)).rejects.toThrow();
    await connection.close();
    expect(told(await reconcile())).toEqual([`workflow_done_request_open ${requestId}`]);
  });
});

describe('the hourly round', () => {
  const round = async (): Promise<ReconcileResult> => {
    const tenantId = installationTenant;
    const workflowId = reconcileWorkflowId(tenantId, randomUUID());
    const caller = { tenantId, actorId: 'test', traceId: workflowId };
    return worker.temporal.as(caller, (client) =>
      client.workflow.execute(reconcileWorkflowType, {
        workflowId,
        taskQueue: worker.taskQueue,
        args: [{ tenantId }],
      }),
    );
  };

  it('asks Temporal through the connection of its worker, of tenants that work', async () => {
    worker.clock.aheadMs = 2 * 3_600_000;
    await round();
    const requestId = await answered();
    await plant(reopen, requestId);
    await worker.stores.tenants.step('acme', { from: ['active'], to: 'suspended' });
    expect(await round()).toEqual({ gaps: 0, failed: 0 });
    await worker.stores.tenants.step('acme', { from: ['suspended'], to: 'active' });
    expect(await round()).toEqual({ gaps: 1, failed: 0 });
    expect(await round()).toEqual({ gaps: 0, failed: 0 });
  });
});
