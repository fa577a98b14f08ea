import { describe, expect, it } from 'vitest';
import { exactText } from '#web/approvals/exact-text.ts';

describe('the text that an approver decides on', () => {
  it('spells out what a browser would hide or obey', () => {
    expect(exactText('pay\u202e001\u202c to\u200b me\u{e0041}\u3164')).toBe(
      'pay\\u{202e}001\\u{202c} to\\u{200b} me\\u{e0041}\\u{3164}',
    );
  });

  it('leaves lines, tabs, other scripts and markup as they are', () => {
    const text = 'Größe: 中文 한국어 <b>עברית</b>\n\tافعل';
    expect(exactText(text)).toBe(text);
    expect(exactText('one\r\ntwo')).toBe('one\ntwo');
  });
});
