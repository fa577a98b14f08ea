import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { runDdl } from '#platform/database/ddl.ts';
import { roleNames } from '#platform/database/names.ts';
import {
  ask,
  audited,
  closing,
  comment,
  decide,
  openQuestion,
  prepare,
  reading,
  seen,
  start,
} from '../support/ask.ts';
import { admin, asker, lead, signIn } from '../support/cast.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker();
  await signIn(worker.stores, asker, lead, admin);
});
afterEach(() => {
  worker.beforeActivity = async () => {};
});
afterAll(() => worker?.close());

describe('a request', () => {
  it('that only reads is answered at once', async () => {
    const { requestId, handle, first } = await ask(worker, 'list the open issues of acme/website');
    expect(first).toEqual({ state: 'answered' });
    expect(await handle.result()).toEqual({ state: 'answered' });
    expect(worker.provider.reads).toContain(`${requestId}/1`);
    expect(await audited(worker, requestId)).toEqual(['github.issues_read success']);
  });

  it('that policy denies ends there, with nothing sent', async () => {
    const { requestId, first } = await ask(worker, 'close pull request acme/website#9');
    expect(first).toEqual({ state: 'denied' });
    expect(await seen(worker, requestId)).toEqual({
      state: 'denied',
      actions: ['denied'],
      errors: ['POLICY_DENIED'],
    });
    expect(worker.provider.calls.join()).not.toContain(requestId);
    expect(await audited(worker, requestId)).toEqual(['github.pull_request_closed denied']);
  });

  it('that nobody understands is answered with what can be asked', async () => {
    const { requestId, first } = await ask(worker, 'Wie wird das Wetter?');
    expect(first).toEqual({ state: 'answered' });
    expect(await worker.stores.requests.get('acme', requestId)).toMatchObject({
      state: 'answered',
      answerRef: expect.stringMatching(/^cnt_/),
    });
  });

  it('that needs a human waits, and acts once after the approval', async () => {
    const { requestId, handle, first } = await ask(worker, 'comment on acme/website#7: Fixed in 2.1');
    const question = await openQuestion(worker, requestId);
    expect(first).toEqual({ state: 'queued', approvalId: question.approvalId });
    expect(worker.provider.calls.join()).not.toContain(requestId);
    await decide(worker, requestId, lead, 'approve');
    expect(await handle.result()).toEqual({ state: 'answered' });
    expect(worker.provider.effects.filter((runId) => runId === `${requestId}/1`)).toHaveLength(1);
    expect(await worker.stores.approvals.get('acme', question.approvalId)).toMatchObject({
      state: 'consumed',
      decidedBy: lead.userId,
    });
    expect(await audited(worker, requestId)).toEqual([
      'github.issue_commented pending_approval',
      'approval.voted success',
      'github.issue_commented intended',
      'github.issue_commented success',
    ]);
  });

  it.each([
    ['rejected', lead, 'reject'],
    ['withdrawn', asker, 'withdraw'],
  ] as const)('that is %s never acts', async (state, voter, choice) => {
    const { requestId, handle } = await ask(worker, [comment()]);
    await decide(worker, requestId, voter, choice);
    expect(await handle.result()).toEqual({ state });
    expect(await seen(worker, requestId)).toMatchObject({ state, actions: [state] });
    expect(worker.provider.calls.join()).not.toContain(requestId);
  });

  it('that nobody decides in time expires and never acts', async () => {
    const { requestId, handle } = await ask(worker, [comment()], { approvalExpiresMs: 1_000 });
    expect(await handle.result()).toEqual({ state: 'expired' });
    expect(await seen(worker, requestId)).toEqual({
      state: 'expired',
      actions: ['expired'],
      errors: ['APPROVAL_EXPIRED'],
    });
    expect(worker.provider.calls.join()).not.toContain(requestId);
  });

  it('of several actions carries them out in order and stops at the first that is not done', async () => {
    const { requestId, handle } = await ask(worker, [reading(), comment(), closing(), reading()]);
    expect(await seen(worker, requestId)).toMatchObject({
      state: 'queued',
      actions: ['done', 'waiting_approval', 'planned', 'planned'],
    });
    const question = await openQuestion(worker, requestId, 2);
    expect(question.items).toMatchObject([{ runId: `${requestId}/2` }]);
    await decide(worker, requestId, lead, 'approve', 2);
    expect(await handle.result()).toEqual({ state: 'denied' });
    expect(await seen(worker, requestId)).toMatchObject({
      state: 'denied',
      actions: ['done', 'done', 'denied', 'planned'],
    });
    expect(worker.provider.reads.filter((runId) => runId.startsWith(requestId))).toEqual([`${requestId}/1`]);
  });

  it('shows its state to whoever asks, with no body in it', async () => {
    const { requestId, handle } = await ask(worker, [comment()]);
    const caller = { tenantId: 'acme', actorId: asker.userId, traceId: requestId };
    const { approvalId } = await openQuestion(worker, requestId);
    expect(await worker.temporal.as(caller, () => handle.query('progress'))).toEqual({
      state: 'queued',
      approvalId,
    });
    const history = JSON.stringify(await handle.fetchHistory());
    expect(history).not.toContain(Buffer.from('Fixed in 2.1').toString('base64'));
    expect(history).not.toContain('Fixed in 2.1');
  });
});

describe('a request that was withdrawn before its workflow ran', () => {
  it.each([
    ['from words', 'comment on acme/website#7: too late'],
    ['planned already', [reading()]],
  ])('never acts: %s', async (_how, wish) => {
    const prepared = await prepare(worker, wish);
    expect(await worker.stores.requests.withdrawUnstarted('acme', prepared.requestId, asker.userId)).toBe(
      true,
    );
    const handle = await start(worker, prepared);
    expect(await handle.result()).toEqual({ state: 'withdrawn' });
    expect(await seen(worker, prepared.requestId)).toMatchObject({ state: 'withdrawn' });
    expect(worker.provider.reads.join()).not.toContain(prepared.requestId);
  });
});

describe('a request that can not be carried out', () => {
  it('as its action is no more: failed, on record, with its code', async () => {
    const { requestId, first } = await ask(worker, [comment({ action: 'github_issue_delete' })]);
    expect(first).toEqual({ state: 'failed' });
    expect(await seen(worker, requestId)).toEqual({
      state: 'failed',
      actions: ['failed'],
      errors: ['INVALID_REQUEST'],
    });
    expect(await audited(worker, requestId)).toEqual(['request.failed error']);
  });

  it('as its input is not what was planned: failed, nothing sent', async () => {
    const { requestId, actions = [] } = await prepare(worker, [comment()]);
    const changed = actions.map((action) => ({ ...action, inputDigest: '0'.repeat(64) }));
    const handle = await start(worker, { requestId, actions: changed });
    expect(await handle.result()).toEqual({ state: 'failed' });
    expect(await seen(worker, requestId)).toMatchObject({ errors: ['CONTENT_UNREADABLE'] });
    expect(worker.provider.calls.join()).not.toContain(requestId);
  });

  it('as the provider refuses it: failed with its code, tried once', async () => {
    const { requestId, handle } = await ask(worker, [comment()]);
    worker.provider.nextSends = ['refused'];
    await decide(worker, requestId, lead, 'approve');
    expect(await handle.result()).toEqual({ state: 'failed' });
    expect(await seen(worker, requestId)).toMatchObject({ errors: ['permission_denied'] });
    expect(worker.provider.calls.filter((call) => call.includes(requestId))).toEqual([`send ${requestId}/1`]);
  });
});

describe('while the ledger can not be written', () => {
  const ledger = async (verb: 'GRANT' | 'REVOKE') => {
    const { auditAdminUrl, prefix } = worker.databases;
    const role = roleNames(prefix).app;
    await withAdmin(auditAdminUrl, (client) =>
      verb === 'GRANT'
        ? runDdl(client, 'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ledger TO %I', role)
        : runDdl(client, 'REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ledger FROM %I', role),
    );
  };

  it('nothing is executed; it goes on by itself once it can', async () => {
    const { requestId, handle } = await ask(worker, [comment()]);
    const tries = Promise.withResolvers<void>();
    let acts = 0;
    worker.beforeActivity = async (activity) => {
      if (activity !== 'act') return;
      acts += 1;
      if (acts === 1) await ledger('REVOKE');
      if (acts === 2) tries.resolve();
    };
    await decide(worker, requestId, lead, 'approve');
    await tries.promise;
    const failing = await pendingFailure(handle);
    expect(worker.provider.calls.join()).not.toContain(requestId);
    await ledger('GRANT');
    expect(failing).toBe('AUDIT_WRITE_FAILED');
    expect(await handle.result()).toEqual({ state: 'answered' });
    expect(worker.provider.effects.filter((runId) => runId.startsWith(requestId))).toHaveLength(1);
  });

  async function pendingFailure(handle: { describe(): Promise<{ raw: PendingActivities }> }) {
    const { raw } = await handle.describe();
    return raw.pendingActivities?.[0]?.lastFailure?.applicationFailureInfo?.type;
  }
});

interface PendingActivities {
  pendingActivities?:
    | { lastFailure?: { applicationFailureInfo?: { type?: string | null } | null } | null }[]
    | null;
}
