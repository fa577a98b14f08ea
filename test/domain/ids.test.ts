import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  actionRunId,
  approvalWorkflowId,
  type IdKind,
  idPrefixes,
  isId,
  positionOfActionRun,
  requestOfActionRun,
  requestWorkflowId,
  sendingOfActionRun,
  tenantIdPattern,
  tenantOfWorkflowId,
} from '#domain/ids.ts';
import { newId } from '#platform/new-id.ts';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a literal
const kinds = Object.keys(idPrefixes) as IdKind[];
const tenant = fc.stringMatching(tenantIdPattern);
const id = fc.stringMatching(/^[a-z]{3}_[0-9A-Z]{26}$/);

describe('ids', () => {
  it.each(kinds)('%s: a new one is known as its kind and as no other', (kind) => {
    const made = newId(kind);
    expect(kinds.filter((other) => isId(other, made))).toEqual([kind]);
    expect(isId(kind, `${made} `)).toBe(false);
    expect(isId(kind, `${made}\n`)).toBe(false);
    expect(isId(kind, made.toLowerCase())).toBe(false);
  });

  it('new ones differ', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => newId('request'))).size).toBe(1_000);
  });
});

describe('workflow ids', () => {
  it('give back their tenant', () => {
    fc.assert(
      fc.property(tenant, id, fc.integer({ min: 1, max: 99 }), (tenantId, some, round) => {
        expect(tenantOfWorkflowId(requestWorkflowId(tenantId, some))).toBe(tenantId);
        expect(tenantOfWorkflowId(approvalWorkflowId(tenantId, some, round))).toBe(tenantId);
        expect(approvalWorkflowId(tenantId, some, round).length).toBeLessThanOrEqual(255);
      }),
    );
  });

  it.each(['', ':', 'request', 'request:acme', 'request:acme:', ':acme:x', 'request::x', 'request:Acme:x'])(
    'that are not ours have none: %j',
    (workflowId) => {
      expect(tenantOfWorkflowId(workflowId)).toBeUndefined();
    },
  );
});

describe('action run ids', () => {
  it('give back request, position and sending, and no two are alike', () => {
    const position = fc.integer({ min: 1, max: 20 });
    const sending = fc.integer({ min: 1, max: 50 });
    const parts = fc.tuple(id, position, sending);
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const runId = actionRunId(...one);
        expect([requestOfActionRun(runId), positionOfActionRun(runId), sendingOfActionRun(runId)]).toEqual(
          one,
        );
        expect(runId === actionRunId(...other)).toBe(one.join() === other.join());
      }),
    );
  });

  it('leave the first sending unsaid', () => {
    expect(actionRunId('req_1', 2)).toBe('req_1/2');
    expect(actionRunId('req_1', 2, 3)).toBe('req_1/2~3');
  });

  it.each(['req_1', 'req_1/', 'req_1/x', 'req_1/1/2', '/1'])('are not taken from %j', (text) => {
    expect(() => positionOfActionRun(text)).toThrow(RangeError);
  });
});
