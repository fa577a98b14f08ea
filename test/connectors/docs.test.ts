import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { tablesOfConnectors, withTable } from '#connectors/docs/tables.ts';

const root = new URL('../../', import.meta.url);

describe('what the documents say of connectors', () => {
  it.each(tablesOfConnectors())(
    'is in $page what the connectors say now (else: npm run docs)',
    async (table) => {
      expect(table.rows.length).toBeGreaterThan(0);
      const text = await readFile(new URL(table.page, root), 'utf8');
      expect(withTable(text, table)).toBe(text);
    },
  );

  it('needs a place in its page', () => {
    const [table] = tablesOfConnectors();
    if (table === undefined) throw new Error('there is no table');
    expect(() => withTable('# A page', table)).toThrow('has no place for a table of connectors');
  });
});
