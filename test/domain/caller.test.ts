import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerInHeaders, stated, unstated } from '#domain/caller.ts';
import { toHeaders } from '../support/call-headers.ts';

const call = { tenantId: 'acme', actorId: 'ada', traceId: 'req_1' };

describe('the statement of a call', () => {
  it('comes back as it was made, and what was given before it', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.string(), (given, name) => {
        const { args, statement } = unstated(stated(given, call, `activity ${name}`));
        expect(args).toEqual(given);
        expect(statement).toEqual({ openclawCall: `activity ${name}`, ...call });
      }),
    );
  });

  it.each(['openclawCall', ...Object.keys(call)])('is none when %s is missing or no text', (name) => {
    for (const broken of [undefined, null, 7, ['acme']]) {
      const args = [{ openclawCall: 'activity act', ...call, [name]: broken }];
      expect(unstated(args)).toEqual({ args, statement: undefined });
    }
  });
});

describe('headers of calls from before there were statements', () => {
  it('come back as they were sent, beside those of others', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (tenantId, actorId, traceId) => {
        const sent = { tenantId, actorId, traceId };
        const headers = { ...toHeaders(sent, JSON.stringify), 'another-header': '{' };
        expect(callerInHeaders(headers, (text): unknown => JSON.parse(text))).toEqual(sent);
      }),
    );
  });

  it.each(Object.keys(toHeaders(call, String)))('are none when %s is missing or no text', (name) => {
    const headers: Record<string, unknown> = toHeaders<unknown>(call, (text) => text);
    expect(callerInHeaders(headers, (value) => value)).toEqual(call);
    for (const broken of [undefined, null, 7, ['acme']]) {
      expect(callerInHeaders({ ...headers, [name]: broken }, (value) => value)).toBeUndefined();
    }
  });
});
