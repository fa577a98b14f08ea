import { describe, expect, it } from 'vitest';
import { requestTitle } from '#web/requests/request-title.ts';

describe('the title of a request', () => {
  it('is its text on one line', () => {
    expect(requestTitle({ id: 'req_1', text: ' list\n  the issues ' })).toBe('list the issues');
  });

  it('is shortened without cutting a letter in two', () => {
    const title = requestTitle({ id: 'req_1', text: '🦞'.repeat(100) });
    expect(title).toBe(`${'🦞'.repeat(79)}…`);
    expect(requestTitle({ id: 'req_1', text: 'x'.repeat(80) })).toBe('x'.repeat(80));
  });

  it('is the id where there is no text', () => {
    expect(requestTitle({ id: 'req_1', text: null })).toBe('Request req_1');
  });
});
