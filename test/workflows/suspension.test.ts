import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { approvalWorkflowId } from '#domain/ids.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { createTenantStore } from '#stores/tenant/tenants.ts';
import { ask, audited, comment, decide, openQuestion, prepare, seen, start } from '../support/ask.ts';
import { admin, asker, lead, signIn } from '../support/cast.ts';
import { eventually } from '../support/eventually.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker();
  await signIn(worker.stores, asker, lead, admin);
});
afterEach(async () => {
  worker.beforeActivity = async () => {};
  worker.clock.aheadMs = 0;
  await resume();
});
afterAll(() => worker?.close());

// The worker shares these stores, so a step is seen at once, not after the copy's age.
const suspend = () => worker.stores.tenants.step('acme', { from: ['active'], to: 'suspended' });
const resume = () => worker.stores.tenants.step('acme', { from: ['suspended'], to: 'active' });

const asAdmin = (sql: string) => withAdmin(worker.databases.adminUrl, (client) => client.query(sql));

const pendingActivities = async (handle: { describe(): Promise<{ raw: Pending }> }) =>
  (await handle.describe()).raw.pendingActivities?.map(({ activityType }) => activityType?.name) ?? [];

describe('in a suspended tenant', () => {
  it('running work is held before it acts, adds no history while it waits, and goes on once', async () => {
    const { requestId, handle } = await ask(worker, [comment()]);
    let held = 0;
    worker.beforeActivity = async (activity) => {
      if (activity === 'act' && held === 0) await suspend();
      if (activity === 'untilWorking') held += 1;
    };
    await decide(worker, requestId, lead, 'approve');
    await eventually(
      async () => held,
      (times) => times >= 3,
    );
    expect(worker.provider.calls.join()).not.toContain(requestId);
    const lengthOf = async () => (await handle.fetchHistory()).events?.length;
    const before = await lengthOf();
    await eventually(
      async () => held,
      (times) => times >= 5,
    );
    expect(await lengthOf()).toBe(before);
    await resume();
    expect(await handle.result()).toEqual({ state: 'answered' });
    expect(worker.provider.effects.filter((runId) => runId === `${requestId}/1`)).toHaveLength(1);
    expect(await audited(worker, requestId)).toEqual([
      'github.issue_commented pending_approval',
      'approval.voted success',
      'github.issue_commented intended',
      'github.issue_commented success',
    ]);
  });

  it('an effect that was sent before keeps its claim, and is only looked for afterwards', async () => {
    const { requestId, handle } = await ask(worker, [comment()]);
    worker.provider.nextSends = ['lost'];
    worker.provider.beforeSend = async () => {
      await suspend();
    };
    let held = 0;
    worker.beforeActivity = async (activity) => {
      if (activity === 'untilWorking') held += 1;
    };
    await decide(worker, requestId, lead, 'approve');
    await eventually(
      async () => held,
      (times) => times >= 2,
    );
    worker.provider.beforeSend = async () => {};
    await resume();
    expect(await handle.result()).toEqual({ state: 'answered' });
    expect(worker.provider.calls.filter((call) => call.includes(requestId))).toEqual([
      `send ${requestId}/1`,
      `look ${requestId}/1: present`,
    ]);
  });

  it('the time for the effect after a vote does not run', async () => {
    const { requestId, handle } = await ask(worker, [comment()]);
    let held = 0;
    worker.beforeActivity = async (activity) => {
      if (activity === 'act' && held === 0) await suspend();
      if (activity === 'untilWorking') held += 1;
    };
    await decide(worker, requestId, lead, 'approve');
    await eventually(
      async () => held,
      (times) => times >= 2,
    );
    // An hour later, all of which it was suspended.
    worker.clock.aheadMs = 3_600_000;
    await asAdmin(`
      BEGIN;
      UPDATE openclaw.tenants SET status = 'active' WHERE id = 'acme';
      UPDATE openclaw.tenant_suspensions SET resumed_at = resumed_at + interval '1 hour'
        WHERE suspended_at = (SELECT max(suspended_at) FROM openclaw.tenant_suspensions);
      COMMIT`);
    // Drops the copy that the worker holds.
    await resume();
    expect(await handle.result()).toEqual({ state: 'answered' });
    expect(worker.provider.effects.filter((runId) => runId === `${requestId}/1`)).toHaveLength(1);
    await asAdmin('UPDATE openclaw.tenant_suspensions SET resumed_at = now() WHERE resumed_at > now()');
  });

  it('an approval does not expire, and waits on for what was left of its time', async () => {
    const { requestId, handle } = await ask(worker, [comment()], { approvalExpiresMs: 5_000 });
    const question = await openQuestion(worker, requestId);
    const { expiresAt: before = '' } = (await worker.stores.approvals.get('acme', question.approvalId)) ?? {};
    await suspend();
    const child = worker.temporal.client.workflow.getHandle(
      approvalWorkflowId('acme', question.approvalId, question.round),
    );
    await eventually(
      () => pendingActivities(child),
      (types) => types.includes('stoodStill'),
    );
    expect(await seen(worker, requestId)).toMatchObject({ state: 'queued' });
    await resume();
    const prolonged = await eventually(
      () => worker.stores.approvals.get('acme', question.approvalId),
      (approval) => approval !== undefined && approval.expiresAt > before,
    );
    expect(prolonged).toMatchObject({ state: 'pending' });
    await decide(worker, requestId, lead, 'approve');
    expect(await handle.result()).toEqual({ state: 'answered' });
  });

  it('an approval that nobody decides expires after its own time, standing still left out', async () => {
    const { requestId, handle } = await ask(worker, [comment()], { approvalExpiresMs: 2_000 });
    await suspend();
    await sleep(600);
    await resume();
    expect(await handle.result()).toEqual({ state: 'expired' });
    expect(await seen(worker, requestId)).toMatchObject({ errors: ['APPROVAL_EXPIRED'] });
    expect(worker.provider.calls.join()).not.toContain(requestId);
  });

  it('a request that came in before is held from its first act on', async () => {
    await suspend();
    const handle = await start(worker, await prepare(worker, [comment()]));
    await eventually(
      () => pendingActivities(handle),
      (types) => types.includes('untilWorking'),
    );
    await resume();
    await eventually(
      () => worker.temporal.client.workflow.getHandle(handle.workflowId).describe(),
      ({ raw }) => (raw.pendingChildren ?? []).length === 1,
    );
  });

  it('is seen by every process within the age of its copy', async () => {
    const other = createTenantStore({ database: worker.stores.database, maxAgeMs: 100 });
    expect(await other.find('acme')).toMatchObject({ status: 'active' });
    await suspend();
    await sleep(150);
    expect(await other.find('acme')).toMatchObject({ status: 'suspended' });
  });
});

interface Pending {
  pendingActivities?: { activityType?: { name?: string | null } | null }[] | null;
  pendingChildren?: unknown[] | null;
}
