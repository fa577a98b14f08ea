import type { ActionFacts } from '#domain/action/action.ts';

export const readIssues = {
  id: 'github_issue_read',
  connector: 'github',
  operation: 'read_issues',
  effect: 'read',
} as const satisfies ActionFacts;
export const commentIssue = {
  id: 'github_issue_comment',
  connector: 'github',
  operation: 'comment_issue',
  effect: 'write',
} as const satisfies ActionFacts;
export const closePr = {
  id: 'github_pr_close',
  connector: 'github',
  operation: 'close_pr',
  effect: 'destructive',
} as const satisfies ActionFacts;
