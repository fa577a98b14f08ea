import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { auditEvents } from '#domain/audit/audit.ts';
import { auditViewOf } from '#domain/audit/audit-view.ts';
import { connectorEvents } from '#domain/audit/connector-events.ts';

const page = new URL('../../docs/audit-events.md', import.meta.url);

describe('docs/audit-events.md', () => {
  it('lists every event with its kind and its view, and no other', async () => {
    const lines = (await readFile(page, 'utf8')).split('\n');
    const told = lines.flatMap((line) => {
      const row = /^\| `([\w.]+)` \| `(\w+)` \| `(\w+)` \| \S.* \|$/.exec(line);
      return row === null ? [] : [row.slice(1)];
    });
    const ofConnectors = ([resource]: [string, unknown]) => resource in connectorEvents;
    const events = Object.entries(auditEvents);
    const inOrder = [...events.filter((one) => !ofConnectors(one)), ...events.filter(ofConnectors)];
    const known = inOrder.flatMap(([resource, kinds]) =>
      Object.entries(kinds).map(([event, kind]) => {
        const key = `${resource}.${event}`;
        return [key, kind, auditViewOf(key)];
      }),
    );
    expect(known.length).toBeGreaterThan(10);
    expect(told).toEqual(known);
  });
});
