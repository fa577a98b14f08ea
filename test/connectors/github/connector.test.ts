import { expect, it } from 'vitest';
import { github } from '#connectors/github/connector.ts';

it('GitHub has the ids, operations and effects that policies name', () => {
  const facts = github.actions.map(({ id, operation, effect }) => [id, operation, effect]);
  expect(facts).toEqual([
    ['github_issue_read', 'read_issues', 'read'],
    ['github_pr_read', 'read_prs', 'read'],
    ['github_issue_comment', 'comment_issue', 'write'],
    ['github_pr_close', 'close_pr', 'destructive'],
  ]);
});
