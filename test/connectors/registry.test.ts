import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectors, createActionTable } from '#connectors/registry.ts';
import { connectorVariables, variablesOf } from '#connectors/variables.ts';
import { environmentWith } from '#platform/config/schema.ts';
import { findStandIns } from '#sandbox/stand-in/find.ts';

describe('the registry of connectors', () => {
  it('has a line for every folder, and no other', () => {
    const folders = readdirSync('connectors', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(`connectors/${entry.name}/connector.ts`))
      .map(({ name }) => name);
    expect(folders.length).toBeGreaterThan(0);
    expect(connectors.map(({ name }) => name).sort()).toEqual(folders.sort());
  });

  it('finds an action and its connector by id', () => {
    const table = createActionTable();
    expect(table.action('github_issue_comment')?.operation).toBe('comment_issue');
    expect(table.connectorOf('github_issue_comment')?.name).toBe('github');
    expect(table.action('toString')).toBeUndefined();
    expect(table.connectorOf('email_send')).toBeUndefined();
  });

  it('knows a stand-in for every connector, each with a port of its own', async () => {
    const standIns = await findStandIns();
    expect(standIns.map(({ connector }) => connector)).toEqual(connectors);
    for (const { standIn } of standIns) expect(Object.keys(standIn.secret).length).toBeGreaterThan(0);
    const ports = standIns.flatMap(({ standIn }) => [standIn.port.variable, standIn.port.wish]);
    expect(new Set(ports).size).toBe(2 * connectors.length);
    const folders = readdirSync('sandbox/stand-ins');
    expect(folders.toSorted()).toEqual(connectors.map(({ name }) => name).toSorted());
  });

  it('brings every connector’s variables together, and refuses two of one name or one of ours', () => {
    const names = connectors.flatMap(({ variables }) => Object.keys(variables));
    expect(Object.keys(connectorVariables)).toEqual(names);
    expect(() => variablesOf([...connectors, ...connectors])).toThrow('two connectors have a variable');
    expect(() => environmentWith({ DATABASE_URL: z.string() })).toThrow('DATABASE_URL is a variable already');
  });

  it('refuses two actions of one name', () => {
    expect(() => createActionTable([...connectors, ...connectors])).toThrow('two actions are called');
  });
});
