import type { Context } from '@temporalio/activity';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { type CallHeaders, toHeaders } from '#domain/call-headers.ts';
import { CodedError } from '#domain/error.ts';
import { createLogger } from '#platform/logger.ts';
import { createActivityInterceptor } from '#workers/activity-interceptor.ts';

const acme = { tenantId: 'acme', actorId: 'ada', traceId: 'req_1' };

/** Runs an activity of that workflow behind the interceptor. */
function run(
  workflowId: string | undefined,
  caller: CallHeaders | undefined,
  activity: () => Promise<unknown> = async () => 'done',
): Promise<unknown> {
  const info = workflowId === undefined ? {} : { workflowExecution: { workflowId, runId: 'r' } };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the interceptor reads nothing else
  const context = { info: { activityType: 'act', ...info } } as Context;
  const logger = createLogger({ level: 'silent', name: 'test' });
  const headers =
    caller === undefined ? {} : toHeaders(caller, (text) => defaultPayloadConverter.toPayload(text));
  const execute = createActivityInterceptor(logger)(context).inbound?.execute;
  if (execute === undefined) throw new Error('no interceptor');
  return execute({ args: [], headers }, activity);
}

describe('an activity', () => {
  it('runs for the tenant of its workflow', async () => {
    expect(await run('request:acme:req_1', acme)).toBe('done');
  });

  it.each<[string, string | undefined, CallHeaders | undefined]>([
    ['another tenant in the header', 'request:acme:req_1', { ...acme, tenantId: 'globex' }],
    ['no header', 'request:acme:req_1', undefined],
    ['an id that is not ours', 'something', acme],
    ['no workflow', undefined, acme],
    ['neither', undefined, undefined],
  ])('is refused for good: %s', async (_why, workflowId, caller) => {
    let ran = false;
    const refused = run(workflowId, caller, async () => {
      ran = true;
    });
    await expect(refused).rejects.toMatchObject({ type: 'TENANT_MISMATCH', nonRetryable: true });
    expect(ran).toBe(false);
  });

  it.each([
    [new CodedError('AUDIT_WRITE_FAILED'), 'AUDIT_WRITE_FAILED', false],
    [new CodedError('CONTENT_UNREADABLE'), 'CONTENT_UNREADABLE', true],
    [new Error('password=1234'), 'INTERNAL', false],
  ])('fails with a type and a say on retries: %s', async (thrown, type, nonRetryable) => {
    const failing = run('request:acme:req_1', acme, () => Promise.reject(thrown));
    await expect(failing).rejects.toMatchObject({ type, nonRetryable });
    await expect(failing).rejects.not.toThrow('password');
  });

  it('keeps what it says itself about coming back', async () => {
    const later = ApplicationFailure.create({ type: 'api_unreachable', nextRetryDelay: 50 });
    await expect(run('request:acme:req_1', acme, () => Promise.reject(later))).rejects.toBe(later);
  });
});
