import { defineAction } from '../../contract.ts';
import type { GithubClient } from '../client.ts';
import { ownerAndRepo } from '../input.ts';
import {
  itemOfKey,
  itemsInWords,
  itemsTouched,
  type ListInput,
  type ListOutput,
  listInput,
  listItems,
  listOutput,
} from '../list-items.ts';
import { classifyRepository } from '../visibility.ts';

export const readIssues = defineAction<GithubClient, ListInput, ListOutput>({
  id: 'github_issue_read',
  connector: 'github',
  operation: 'read_issues',
  effect: 'read',
  audit: 'github.issues_read',
  title: 'List issues of a GitHub repository',
  input: listInput,
  output: listOutput,
  intents: [
    'list|show [me] [the] issues of|in|from|for {repository}',
    'list|show [me] [the] {state} issues of|in|from|for {repository}',
  ],
  examples: [
    {
      say: 'list the open issues of acme/website',
      input: { repository: 'acme/website', state: 'open' },
    },
    {
      say: 'show the closed issues in acme/website',
      input: { repository: 'acme/website', state: 'closed' },
    },
  ],
  target: ({ repository }) => repository,
  classify: () => 'internal',
  dataTouched: (_input, output) => itemsTouched(output, 'list issues'),
  contentOf: itemOfKey,
  answer: (input, output) => itemsInWords(input, output, 'issue'),
  async run(_permit, { repository, state }, context) {
    const classification = await classifyRepository(repository, context);
    const list = await listItems({
      context,
      keep: (item) => item.pull_request === undefined,
      send: (rest, page) => rest.issues.listForRepo({ ...ownerAndRepo(repository), state, ...page }),
    });
    return { repository, classification, ...list };
  },
});
