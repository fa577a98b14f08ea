import { webAddress } from '#platform/config/variable.ts';
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
  ignoresCase: true,
  secretName: 'openclaw-github-oauth',
  variables: {
    GITHUB_API_URL: webAddress({
      example: 'https://github.example.com/api/v3',
      purpose: 'Root of the GitHub API; unset = github.com',
    }),
  },
  apiRootVariable: 'GITHUB_API_URL',
  usualApiRoot: 'https://api.github.com',
  healthAddress: (apiRoot) => apiRoot,
  actions: [readIssues, readPrs, commentIssue, closePr],
  async open({ secret, baseUrl, timeoutMs }) {
    return createGithubClient({ token: await secret('access_token'), baseUrl, timeoutMs });
  },
} satisfies Connector<GithubClient>;
