import type { Context } from '@temporalio/activity';
import { Connection } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { callersByActivity, mayCall } from '#activities/callers.ts';
import { stated } from '#domain/caller.ts';
import { createLogger } from '#platform/logger.ts';
import { createActivityInterceptor } from '#workers/activity-interceptor.ts';
import { ask, audited, comment, decide, openQuestion, seen } from '../support/ask.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { toHeaders } from '../support/call-headers.ts';
import { asker, lead, signIn } from '../support/cast.ts';
import { eventually } from '../support/eventually.ts';
import { freshEnvelope } from '../support/key-ring.ts';
import { stateOf } from '../support/open-approval.ts';
import { inActivity, openedAt, sealedBefore, sealedFor } from '../support/payloads.ts';
import { capturedFrom, type ForeignCall, runForeign } from '../support/port-attacker.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const caller = { tenantId: 'acme', actorId: 'acme-user', traceId: 'req_1' };
const request = 'request:acme:req_1';
const approval = 'approval:acme:apr_1:1';
const question = { tenantId: 'acme', approvalId: 'apr_1', round: 1 };
const installation = (kind: string) => `${kind}:installation:queue:clock-2026-12-01T10:00:00Z`;

/** What each activity is told by its own workflow, the one that may. */
const told: Readonly<Record<string, { by: string; id: string; args: readonly unknown[] }>> = {
  plan: { by: 'request', id: request, args: [asker, 'req_1'] },
  act: { by: 'request', id: request, args: [{ actor: asker, requestId: 'req_1' }] },
  countVote: { by: 'approval', id: approval, args: [question, {}] },
  expireApproval: { by: 'approval', id: approval, args: [asker, question] },
  recordResolution: { by: 'request', id: request, args: [asker, { claims: { requestId: 'req_1' } }] },
  expireResolution: { by: 'request', id: request, args: [asker, { requestId: 'req_1' }] },
  untilWorking: { by: 'request', id: request, args: ['acme'] },
  stoodStill: { by: 'approval', id: approval, args: [question] },
  auditCheckpoint: {
    by: 'auditCheckpoint',
    id: installation('audit-checkpoint'),
    args: [{ tenantId: 'installation' }],
  },
  erasePerson: {
    by: 'erasure',
    id: 'erasure:acme:ers_1',
    args: [{ admin: asker, erasureId: 'ers_1' }],
  },
  keepRetention: { by: 'retention', id: installation('retention'), args: [] },
  reconcileLedger: { by: 'reconcile', id: installation('reconcile'), args: [] },
  rewrapKeys: { by: 'rewrap', id: installation('rewrap'), args: [''] },
  ...Object.fromEntries(
    ['prepareTenantDatabase', 'giveTenantKeys', 'giveTenantPolicies', 'openTenant'].map((name) => [
      name,
      {
        by: 'createTenant',
        id: 'tenant:acme:create',
        args: [name === 'openTenant' ? { tenantId: 'acme', operator: asker } : 'acme'],
      },
    ]),
  ),
  ...Object.fromEntries(
    [
      'deletionDue',
      'beginTenantDestruction',
      'dropTenantSchedules',
      'endTenantWorkflows',
      'destroyTenantKeys',
      'dropTenantDatabase',
      'closeTenant',
    ].map((name) => [
      name,
      {
        by: 'deleteTenant',
        id: 'tenant:acme:delete',
        args: [name === 'closeTenant' ? { tenantId: 'acme', operator: asker } : 'acme'],
      },
    ]),
  ),
};
const activities = Object.keys(told);

describe('a captured payload of one activity, given to another', () => {
  const envelope = freshEnvelope();
  const callerOf = (id: string) => ({ ...caller, tenantId: id.split(':')[1] ?? '' });
  /** Behind codec and interceptor, as a worker has them. */
  async function run(given: {
    activity: string;
    type: string;
    id: string;
    activityId: string;
    input: Payload[];
  }) {
    const { activity, type, id, activityId, input } = given;
    const args = await openedAt(envelope, inActivity(id, activityId), input);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the interceptor reads nothing else
    const context = {
      info: { activityType: activity, workflowType: type, workflowExecution: { workflowId: id, runId: 'r' } },
    } as Context;
    const execute = createActivityInterceptor({
      logger: createLogger({ level: 'silent', name: 'test' }),
      tellNotSo: async () => {},
      mayCall,
    })(context).inbound?.execute;
    if (execute === undefined) throw new Error('no interceptor');
    return execute({ args, headers: {} }, async () => 'ran').catch(() => 'refused');
  }

  it('the list is of every activity that there is', () => {
    const by = callersByActivity();
    expect(activities.toSorted()).toEqual(Object.keys(by).toSorted());
    expect(activities.filter((name) => !by[name]?.includes(told[name]?.by ?? ''))).toEqual([]);
  });

  it(`runs where it was meant to, and nowhere else: ${activities.length} × ${activities.length} × 4`, async () => {
    const wrong: string[] = [];
    for (const from of activities) {
      const { by, id, args } = told[from] ?? { by: '', id: '', args: [] };
      const input = await sealedFor(
        envelope,
        inActivity(id, '1'),
        stated(args, callerOf(id), `activity ${from}`),
      );
      for (const to of activities) {
        const wanted = told[to] ?? { by: '', id: '' };
        const ways = {
          'from its own workflow': { type: by, id, activityId: '1' },
          'from a workflow that may call the other': { type: wanted.by, id: wanted.id, activityId: '1' },
          'from a foreign type under its id': { type: 'foreign', id, activityId: '1' },
          'as another activity of its workflow': { type: by, id, activityId: '2' },
        };
        for (const [way, as] of Object.entries(ways)) {
          const ran = (await run({ activity: to, input, ...as })) === 'ran';
          const isItself =
            from === to &&
            (way === 'from its own workflow' || way === 'from a workflow that may call the other');
          if (ran !== isItself) wrong.push(`${from} to ${to}, ${way}: ${ran ? 'ran' : 'refused'}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('and of none runs when the workflow is told what another was: any id but its own', () => {
    const wrong = activities.flatMap((name) => {
      const { by, id, args } = told[name] ?? { by: '', id: '', args: [] };
      const others = [
        'request:acme:req_2',
        'approval:acme:apr_2:1',
        'request:globex:req_1',
        'tenant:globex:delete',
      ];
      return others.filter(
        (other) => other !== id && mayCall(name, { type: by, id: other }, args) && !isAnyOf(name),
      );
    });
    expect(wrong).toEqual([]);
    // Whether the tenant works is the same for all its requests.
    function isAnyOf(name: string) {
      return name === 'untilWorking';
    }
  });
});

describe('a workflow of somebody at the Temporal port', () => {
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
  const plainHeaders = () => toHeaders(caller, (text) => defaultPayloadConverter.toPayload(text));
  const foreign = (type: string, id: string, calls: readonly ForeignCall[]) =>
    runForeign({ connection, type, id, taskQueue: worker.taskQueue, calls });

  /** An approval whose deadline came: what its workflow called then is in its history. */
  async function expired() {
    const asked = await ask(worker, [comment()], { approvalExpiresMs: 300 });
    const { approvalId } = await openQuestion(worker, asked.requestId);
    await asked.handle.result();
    return { ...asked, workflowId: `approval:acme:${approvalId}:1` };
  }

  it('says that an approved action has expired, with every payload that it could capture: nothing happens', async () => {
    const old = await expired();
    const captured = await capturedFrom(connection, old.workflowId);
    const expiring = captured.find(({ activity }) => activity === 'expireApproval');
    expect(expiring).toBeDefined();
    const asked = await ask(worker, [comment()]);
    const victim = await openQuestion(worker, asked.requestId);
    const sending = Promise.withResolvers<void>();
    const going = Promise.withResolvers<void>();
    worker.beforeActivity = async (activity) => {
      if (activity !== 'act') return;
      sending.resolve();
      await going.promise;
    };
    try {
      await decide(worker, asked.requestId, lead, 'approve');
      await sending.promise;
      const victimWorkflow = `approval:acme:${victim.approvalId}:1`;
      const all = [...captured, ...(await capturedFrom(connection, victimWorkflow))];
      const calls = (activity: string): ForeignCall[] =>
        all.flatMap(({ input, activityId }, n) => [
          { activity, input, headers: plainHeaders(), activityId: `${activityId}-${n}` },
          // The place is right where the workflow's id is.
          { activity, input, headers: plainHeaders(), activityId: n === 0 ? activityId : `${n}` },
        ]);
      for (const [type, id] of [
        ['foreign', 'foreign:acme:1'],
        ['approval', 'approval:acme:apr_foreign:1'],
        ['foreign', victimWorkflow],
        ['approval', victimWorkflow],
      ] as const) {
        const unique = new Map(calls('expireApproval').map((call) => [call.activityId, call]));
        const ended = await foreign(type, id, [...unique.values()]);
        expect(
          [...ended.values()].filter((how) => !['TENANT_MISMATCH', 'CALL_NOT_SO'].includes(how)),
        ).toEqual([]);
      }
      expect(await stateOf(worker, { ...asked, question: victim })).toBe('approved');
    } finally {
      worker.beforeActivity = async () => {};
      going.resolve();
    }
    await eventually(
      () => seen(worker, asked.requestId),
      ({ state }) => state === 'answered',
    );
    expect(await audited(worker, asked.requestId)).not.toContain('approval.expired denied');
    expect(worker.provider.effects.filter((runId) => runId.startsWith(asked.requestId))).toHaveLength(1);
  });

  it('has its refusal on record, in nobody’s name', async () => {
    const old = await expired();
    const [call] = await capturedFrom(connection, old.workflowId);
    const ended = await foreign('foreign', old.workflowId, [
      { activity: call?.activity ?? '', activityId: call?.activityId ?? '', input: call?.input ?? [] },
    ]);
    expect([...ended.values()]).toEqual(['CALL_NOT_SO']);
    const entries = await entriesOf(worker.stores, 'acme');
    expect(entries.find(({ event }) => event === 'workflow.call_refused')).toMatchObject({
      userId: 'unknown',
      outcome: 'denied',
      metadata: { workflow: old.workflowId, activity: call?.activity },
    });
  });

  it('says early that nobody decided, as the approval itself would: it is looked at again until it is time', async () => {
    const asked = await ask(worker, [comment()]);
    const victim = await openQuestion(worker, asked.requestId);
    await asked.handle.terminate().catch(() => {});
    const id = `approval:acme:${victim.approvalId}:1`;
    await eventually(
      () =>
        worker.temporal
          .as({ ...caller, tenantId: 'acme' }, (client) => client.workflow.getHandle(id).terminate())
          .then(
            () => true,
            () => true,
          ),
      Boolean,
    );
    // As if it had been captured: nobody can make this without the keys.
    const input = await sealedFor(
      worker.envelope,
      inActivity(id, '1'),
      stated([asker, victim], caller, 'activity expireApproval'),
    );
    const ended = await foreign('approval', id, [{ activity: 'expireApproval', activityId: '1', input }]);
    expect([...ended.values()]).toEqual(['APPROVAL_NOT_PENDING']);
    expect(await stateOf(worker, { ...asked, question: victim })).toBe('pending');
  });

  it('calls with payloads from before they were bound: refused, also within a workflow of ours', async () => {
    const old = await expired();
    const victim = await openQuestion(worker, old.requestId);
    const input = [sealedBefore(worker.envelope, asker), sealedBefore(worker.envelope, victim)];
    const call = { activity: 'expireApproval', activityId: '1', input, headers: plainHeaders() };
    const refused = await foreign('approval', old.workflowId, [call]);
    expect([...refused.values()]).toEqual(['TENANT_MISMATCH']);
    worker.unbound = (workflowId) => workflowId === old.workflowId;
    try {
      // What began before may still hold them: there it says what is on record already.
      expect([...(await foreign('approval', old.workflowId, [call])).values()]).toEqual(['done']);
      const elsewhere = await foreign('approval', 'approval:acme:apr_x:1', [call]);
      expect([...elsewhere.values()]).toEqual(['TENANT_MISMATCH']);
    } finally {
      worker.unbound = () => false;
    }
  });

  it('calls an activity that takes nothing, with headers alone: refused', async () => {
    const calls = ['keepRetention', 'reconcileLedger'].map((activity) => ({
      activity,
      activityId: activity,
      input: [],
      headers: toHeaders({ ...caller, tenantId: 'installation' }, (text) =>
        defaultPayloadConverter.toPayload(text),
      ),
    }));
    const ended = await foreign('retention', 'retention:installation:mine', calls);
    expect([...ended.values()]).toEqual(['TENANT_MISMATCH', 'TENANT_MISMATCH']);
  });
});
