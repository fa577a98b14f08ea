import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '#domain/error.ts';

const page = new URL('../../docs/errors.md', import.meta.url);

describe('docs/errors.md', () => {
  it('says of every code what the catalogue says, and of no other', async () => {
    const lines = (await readFile(page, 'utf8')).split('\n');
    const told = lines.flatMap((line) => {
      const row = /^\| `(\w+)` \| (\d+) \| (yes|no) \| (.*) \|$/.exec(line);
      return row === null ? [] : [row.slice(1)];
    });
    const known = Object.entries(errorCatalogue).map(([code, { http, retryable, text }]) => [
      code,
      String(http),
      retryable ? 'yes' : 'no',
      text,
    ]);
    expect(known.length).toBeGreaterThan(40);
    expect(told).toEqual(known);
  });
});
