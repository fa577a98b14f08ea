import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { connectors, createActionTable } from '#connectors/registry.ts';

describe('the registry of connectors', () => {
  it('has a line for every folder, and no other', () => {
    const folders = readdirSync('connectors', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
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

  it('holds the ids, operations and effects that policies name', () => {
    const facts = createActionTable().actions.map(({ id, operation, effect }) => [id, operation, effect]);
    expect(facts).toEqual([
      ['github_issue_read', 'read_issues', 'read'],
      ['github_pr_read', 'read_prs', 'read'],
      ['github_issue_comment', 'comment_issue', 'write'],
      ['github_pr_close', 'close_pr', 'destructive'],
    ]);
  });

  it('refuses two actions of one name', () => {
    expect(() => createActionTable([...connectors, ...connectors])).toThrow('two actions are called');
  });
});
