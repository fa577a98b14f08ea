import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { connectorVariables } from '#connectors/variables.ts';
import { parseConfig } from '#platform/config/parse-config.ts';
import { environment } from '#platform/config/schema.ts';
import { variableFacts } from '#platform/config/variable.ts';

const page = new URL('../../docs/configuration.md', import.meta.url);

/** `PORT` | default | form | purpose */
const rowPattern = /^\| `(?<name>[A-Z_]+)` \| (?<fallback>.*?) \| (?<form>.*?) \| (?<purpose>.*?) \|$/;

interface Row {
  name: string;
  fallback: string;
  form: string;
  purpose: string;
}

async function rows(): Promise<Row[]> {
  const lines = (await readFile(page, 'utf8')).split('\n');
  return lines.flatMap((line) => {
    const { name = '', fallback = '', form = '', purpose = '' } = rowPattern.exec(line)?.groups ?? {};
    return name === '' ? [] : [{ name, fallback, form, purpose }];
  });
}

const { config } = parseConfig({ env: {}, needs: [], connectorVariables });

const defaults = new Map<string, unknown>(
  Object.entries(config).map(([name, value]) => [
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
    value,
  ]),
);
for (const [name, value] of Object.entries(config.connectorVariables)) defaults.set(name, value);

function shown(value: unknown): string {
  if (value === undefined) return '–';
  return typeof value === 'string' || typeof value === 'number' ? `\`${value}\`` : 'see below';
}

function expected([name, schema]: readonly [string, z.ZodType]): Row {
  const facts = variableFacts.get(schema);
  const value = defaults.get(name);
  const aliases = facts?.aliases?.map((alias) => `\`${alias}\``).join(', ');
  return {
    name,
    fallback: shown(value),
    form: `${facts?.form}${facts?.secret === true ? ' (secret)' : ''}`,
    purpose: `${facts?.purpose}${aliases === undefined ? '' : `. Also ${aliases}`}`,
  };
}

describe('docs/configuration.md', () => {
  it('says of every variable what the schema says, and of no other', async () => {
    const told = await rows();
    expect(told.length).toBeGreaterThan(40);
    expect(told).toEqual(Object.entries({ ...environment.shape, ...connectorVariables }).map(expected));
  });
});
