import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactText, plainJson, plainLine, plainText } from '#cli/terminal-text.ts';

const obeyed = /(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const outside = fc.string({
  unit: fc.oneof(fc.string(), fc.constantFrom('\u001b', '\u009b', '[31m', '\u202e', '\r', '\n')),
});

describe('text from outside', () => {
  it('loses colours, window titles, cursor moves and direction marks', () => {
    expect(plainText('a\u001b[31mred\u001b[0m \u001b]0;title\u0007b\u009b2Jc\u202egnp\u0008')).toBe(
      'ared bcgnp',
    );
  });

  it('keeps line breaks, tabs, accents and emoji', () => {
    expect(plainText('Zoë\r\n\t👩‍💻 日本')).toBe('Zoë\n\t👩‍💻 日本');
  });

  it('is one line in tables', () => {
    expect(plainLine(' a\n\u001b[2Kb\tc ')).toBe('a b c');
  });

  it('never holds anything that a terminal obeys', () => {
    fc.assert(
      fc.property(outside, (text) => !obeyed.test(plainText(text)) && !/[\n\t]/.test(plainLine(text))),
    );
  });

  it('is spelled out where nothing may go unseen', () => {
    expect(exactText('rm\u001b[8m -rf\u202e\u200b\ndone')).toBe('rm\\u001b[8m -rf\\u202e\\u200b\ndone');
    expect(exactText('\u{e0041}')).toBe('\\udb40\\udc41');
    fc.assert(fc.property(outside, (text) => !obeyed.test(exactText(text))));
  });

  it('stays the same value as JSON, in characters that a terminal does not obey', () => {
    fc.assert(
      fc.property(outside, (text) => {
        const printed = plainJson({ text });
        expect(JSON.parse(printed)).toEqual({ text });
        expect(obeyed.test(printed)).toBe(false);
      }),
    );
  });
});
