import { describe, expect, it } from 'vitest';
import { contentIn, contentText } from '#web/policies/content-text.ts';

const content = { name: 'Engineering actions', rules: { default_autonomy: 'approve' }, may_grant: null };

describe('the content of a policy as text', () => {
  it('is read back as it was', () => {
    expect(contentIn(contentText(content))).toEqual({ content });
  });

  it.each([
    ['{ "name": ', /^This is not JSON: /],
    ['[]', /no object/],
    ['"text"', /no object/],
    ['{"rules": {}}', /^name /],
    ['{"name": "x", "rules": []}', /^rules /],
    ['{"name": "x", "rules": {}, "may_grant": 1}', /^may_grant /],
    ['{"name": "x", "rules": {}, "status": "active"}', /^status /],
  ])('says what is wrong with %s', (text, problem) => {
    expect(contentIn(text)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('needs no word on what levels below may set', () => {
    expect(contentIn('{"name": "x", "rules": {}}')).toEqual({
      content: { name: 'x', rules: {}, may_grant: null },
    });
  });
});
