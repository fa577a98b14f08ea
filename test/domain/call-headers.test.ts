import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHeaders, toHeaders } from '#domain/call-headers.ts';

const call = { tenantId: 'acme', actorId: 'ada', traceId: 'req_1' };

describe('call headers', () => {
  it('come back as they were sent, beside those of others', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (tenantId, actorId, traceId) => {
        const sent = { tenantId, actorId, traceId };
        const headers = { ...toHeaders(sent, JSON.stringify), 'another-header': '{' };
        expect(fromHeaders(headers, (text): unknown => JSON.parse(text))).toEqual(sent);
      }),
    );
  });

  it.each(Object.keys(toHeaders(call, String)))('are none when %s is missing or no text', (name) => {
    const headers: Record<string, unknown> = toHeaders<unknown>(call, (text) => text);
    expect(fromHeaders(headers, (value) => value)).toEqual(call);
    for (const broken of [undefined, null, 7, ['acme']]) {
      expect(fromHeaders({ ...headers, [name]: broken }, (value) => value)).toBeUndefined();
    }
  });
});
