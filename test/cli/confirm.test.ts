import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { confirm } from '#cli/confirm.ts';

/** A terminal at which somebody types this and then leaves. */
function terminal(typed: string) {
  return Object.assign(new PassThrough(), { isTTY: true }).end(typed);
}

describe('a question before something that cannot be taken back', () => {
  it.each([
    ['y\n', true],
    ['YES\n', true],
    ['n\n', false],
    ['\n', false],
    ['yesterday\n', false],
    ['', false],
  ])('takes %j for %s', async (typed, expected) => {
    const output = new PassThrough();
    expect(await confirm({ question: 'Approve?', yes: false, input: terminal(typed), output })).toBe(
      expected,
    );
    expect(await text(output.end())).toContain('Approve? [y/N] ');
  });

  it('is not asked when the answer was given before', async () => {
    const output = new PassThrough();
    expect(await confirm({ question: 'Approve?', yes: true, input: new PassThrough(), output })).toBe(true);
    expect(await text(output.end())).toBe('');
  });

  it('is a usage error without a terminal', async () => {
    const asked = confirm({
      question: 'Approve?',
      yes: false,
      input: new PassThrough(),
      output: new PassThrough(),
    });
    await expect(asked).rejects.toMatchObject({ exit: 'usage' });
  });
});
