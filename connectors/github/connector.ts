import type { Connector } from '../contract.ts';
import { closePr } from './actions/close-pr.ts';
import { commentIssue } from './actions/comment-issue.ts';
import { readIssues } from './actions/read-issues.ts';
import { readPrs } from './actions/read-prs.ts';
import { createGithubClient, type GithubClient } from './client.ts';

export const github = {
  name: 'github',
  title: 'GitHub',
  defaultClassification: 'internal',
  secretName: 'openclaw-github-oauth',
  actions: [readIssues, readPrs, commentIssue, closePr],
  async open({ secret, baseUrl, timeoutMs }) {
    return createGithubClient({ token: await secret('access_token'), baseUrl, timeoutMs });
  },
} satisfies Connector<GithubClient>;
