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

export const readPrs = defineAction<GithubClient, ListInput, ListOutput>({
  id: 'github_pr_read',
  connector: 'github',
  operation: 'read_prs',
  effect: 'read',
  audit: 'github.pull_requests_read',
  title: 'List pull requests of a GitHub repository',
  input: listInput,
  output: listOutput,
  intents: [
    'list|show [me] [the] pull requests of|in|from|for {repository}',
    'list|show [me] [the] {state} pull requests of|in|from|for {repository}',
    'list|show [me] [the] prs of|in|from|for {repository}',
    'list|show [me] [the] {state} prs of|in|from|for {repository}',
  ],
  examples: [
    {
      say: 'list the open pull requests of acme/website',
      input: { repository: 'acme/website', state: 'open' },
    },
  ],
  target: ({ repository }) => repository,
  classify: () => 'internal',
  dataTouched: (_input, output) => itemsTouched(output, 'list pull requests'),
  contentOf: itemOfKey,
  answer: (input, output) => itemsInWords(input, output, 'pull request'),
  async run(_permit, { repository, state }, context) {
    const classification = await classifyRepository(repository, context);
    const list = await listItems({
      context,
      keep: () => true,
      send: (rest, page) => rest.pulls.list({ ...ownerAndRepo(repository), state, ...page }),
    });
    return { repository, classification, ...list };
  },
});
