import { describe, expect, it } from 'vitest';
import { wordsIn } from '#web/design/words-in.ts';

describe('a list that somebody typed', () => {
  it('is what stands between commas, semicolons, spaces and lines, each once and as it was typed', () => {
    expect(wordsIn(' acme-user,Acme|7\n acme-user;\tuma@acme.test,, ')).toEqual([
      'acme-user',
      'Acme|7',
      'uma@acme.test',
    ]);
    expect(wordsIn(' \n,')).toEqual([]);
  });
});
