import type { Context } from '@temporalio/activity';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { mayCall } from '#activities/callers.ts';
import type { RefusedCall } from '#activities/not-so.ts';
import { type Caller, type CallName, stated } from '#domain/caller.ts';
import { CodedError } from '#domain/error.ts';
import { createLogger } from '#platform/logger.ts';
import { createActivityInterceptor } from '#workers/activity-interceptor.ts';
import { toHeaders } from '../support/call-headers.ts';

const acme = { tenantId: 'acme', actorId: 'ada', traceId: 'req_1' };
const ours = 'request:acme:req_1';

interface Run {
  workflowId?: string | undefined;
  workflowType?: string;
  caller?: Caller | undefined;
  says?: CallName;
  /** Headers of before, in place of the statement. */
  headers?: boolean;
  isOfBefore?: boolean;
  activity?: () => Promise<unknown>;
}

/** Runs an activity of that workflow behind the interceptor; what was refused is kept. */
async function run(given: Run): Promise<{ result: unknown; refused: RefusedCall[]; told: unknown[] }> {
  const workflowId = 'workflowId' in given ? given.workflowId : ours;
  const caller = 'caller' in given ? given.caller : acme;
  const { workflowType = 'request', says = 'activity act', headers = false, isOfBefore = false } = given;
  const info =
    workflowId === undefined ? {} : { workflowExecution: { workflowId, runId: 'r' }, workflowType };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the interceptor reads nothing else
  const context = { info: { activityType: 'act', ...info } } as Context;
  const refused: RefusedCall[] = [];
  const told: unknown[] = [];
  const intercepted = createActivityInterceptor({
    logger: createLogger({ level: 'silent', name: 'test' }),
    tellNotSo: async (call) => void refused.push(call),
    mayCall,
    unbound: async () => isOfBefore,
  })(context).inbound?.execute;
  if (intercepted === undefined) throw new Error('no interceptor');
  const [, tenantId, requestId] = (workflowId ?? ours).split(':');
  const args = [{ actor: { tenantId }, requestId }];
  const call = {
    args: headers || caller === undefined ? args : stated(args, caller, says),
    headers:
      headers && caller !== undefined
        ? toHeaders(caller, (text) => defaultPayloadConverter.toPayload(text))
        : {},
  };
  const result = await intercepted(call, async ({ args: passed }) => {
    told.push(...passed);
    return given.activity === undefined ? 'done' : given.activity();
  }).catch((error: unknown) => {
    if (refused.length > 0 && error instanceof Error) Object.assign(error, { refused });
    throw error;
  });
  return { result, refused, told };
}

describe('an activity', () => {
  it('runs for the tenant of its workflow, and is told what it was told', async () => {
    const done = await run({});
    expect(done).toEqual({
      result: 'done',
      refused: [],
      told: [{ actor: { tenantId: 'acme' }, requestId: 'req_1' }],
    });
  });

  it.each<[string, Run, string]>([
    ['another tenant', { caller: { ...acme, tenantId: 'globex' } }, 'TENANT_MISMATCH'],
    ['no statement', { caller: undefined }, 'TENANT_MISMATCH'],
    ['headers in its place', { headers: true }, 'TENANT_MISMATCH'],
    ['an id that is not ours', { workflowId: 'something' }, 'TENANT_MISMATCH'],
    ['no workflow', { workflowId: undefined }, 'TENANT_MISMATCH'],
    ['the statement of another activity', { says: 'activity expireApproval' }, 'CALL_NOT_SO'],
    ['the statement of a start', { says: 'start act' }, 'CALL_NOT_SO'],
    ['a workflow that may not call it', { workflowType: 'approval' }, 'CALL_NOT_SO'],
    ['a workflow of somebody', { workflowType: 'toString' }, 'CALL_NOT_SO'],
  ])('is refused for good: %s', async (_why, given, type) => {
    let ran = false;
    const refused = run({
      ...given,
      activity: async () => {
        ran = true;
      },
    });
    await expect(refused).rejects.toMatchObject({ type, nonRetryable: true });
    expect(ran).toBe(false);
  });

  it('refused because what it says is not so, it is told of', async () => {
    await expect(run({ workflowType: 'approval' })).rejects.toMatchObject({
      refused: [{ activity: 'act', by: { type: 'approval', id: ours } }],
    });
  });

  it('of a workflow from before there were statements runs by its headers', async () => {
    expect(await run({ headers: true, isOfBefore: true })).toMatchObject({ result: 'done' });
    const other = run({ headers: true, isOfBefore: true, caller: { ...acme, tenantId: 'globex' } });
    await expect(other).rejects.toMatchObject({ type: 'TENANT_MISMATCH' });
  });

  it.each([
    [new CodedError('AUDIT_WRITE_FAILED'), 'AUDIT_WRITE_FAILED', false],
    [new CodedError('CONTENT_UNREADABLE'), 'CONTENT_UNREADABLE', true],
    [new Error('password=1234'), 'INTERNAL', false],
  ])('fails with a type and a say on retries: %s', async (thrown, type, nonRetryable) => {
    const failing = run({ activity: () => Promise.reject(thrown) });
    await expect(failing).rejects.toMatchObject({ type, nonRetryable });
    await expect(failing).rejects.not.toThrow('password');
  });

  it('keeps what it says itself about coming back', async () => {
    const later = ApplicationFailure.create({ type: 'api_unreachable', nextRetryDelay: 50 });
    await expect(run({ activity: () => Promise.reject(later) })).rejects.toBe(later);
  });
});
