import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { policyRules } from '#domain/policy/rules.schema.ts';
import { governedDomains } from '#domain/policy/rules.ts';

const readme = readFileSync(new URL('../../policies/README.md', import.meta.url), 'utf8');

it('the table of fields names every field of the schema, and no other', () => {
  const [, table = ''] = readme.split('## Fields');
  const rows = table.split('## How levels merge')[0]?.match(/^\| (`\w+`| +) +\| (`[^|]+`) +\|/gm) ?? [];
  const named = rows.flatMap((row) =>
    [...(row.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  const fields = governedDomains.flatMap((domain) => {
    const { properties } = z
      .object({ properties: z.record(z.string(), z.unknown()) })
      .parse(z.toJSONSchema(policyRules[domain]));
    return Object.keys(properties);
  });
  expect(fields.length).toBeGreaterThan(30);
  expect(named.toSorted()).toEqual(fields.toSorted());
});
