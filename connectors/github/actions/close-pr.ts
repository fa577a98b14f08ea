import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import { defineAction } from '../../contract.ts';
import type { GithubClient } from '../client.ts';
import { itemNumber, ownerAndRepo, repository, webAddress } from '../input.ts';

const input = z.strictObject({ repository, pull_number: itemNumber });

const output = z.strictObject({ state: z.literal('closed'), merged: z.boolean(), url: webAddress });

type Input = z.infer<typeof input>;
type Output = z.infer<typeof output>;

const pullShape = z.object({
  state: z.enum(['open', 'closed']),
  merged: z.boolean().optional(),
  html_url: webAddress,
});

const closedShape = pullShape.extend({ state: z.literal('closed') });

const targetOf = (of: Input) => `${of.repository}#${of.pull_number}`;

const outputOf = (pull: z.infer<typeof closedShape>): Output => ({
  state: pull.state,
  merged: pull.merged ?? false,
  url: pull.html_url,
});

/**
 * Closing sets a state, so sending it twice does no harm, and a pull request that somebody else closed meanwhile has
 * reached that state: it counts as done. The limit: a request that the network delays closes a pull request again that
 * a person has reopened in between.
 */
export const closePr = defineAction<GithubClient, Input, Output>({
  id: 'github_pr_close',
  connector: 'github',
  operation: 'close_pr',
  effect: 'destructive',
  guarantee: {
    of: 'close a pull request',
    foundBy: 'the state of the pull request',
    limit:
      "closing twice is closing once. Who closed it can't be told: a pull request that somebody else closed meanwhile counts as done",
  },
  audit: 'github.pull_request_closed',
  title: 'Close a GitHub pull request',
  input,
  output,
  intents: [
    'close [the] pull request {repository}#{pull_number}',
    'close [the] pr {repository}#{pull_number}',
    'close pull request #{pull_number} of|in {repository}',
  ],
  examples: [
    {
      say: 'close pull request acme/website#9',
      input: { repository: 'acme/website', pull_number: 9 },
    },
  ],
  target: targetOf,
  classify: () => 'internal',
  dataTouched: (of) => [
    { source: 'github', itemId: targetOf(of), classification: 'internal', purpose: 'close' },
  ],
  answer: (of, { merged, url }) =>
    `${targetOf(of)} is ${merged ? 'closed (it was merged)' : 'closed'}: ${url}`,
  preview: (of) => `Close pull request ${targetOf(of)}.`,
  async run(_permit, of, { client, signal }) {
    const { data } = await client.call({
      effect: 'destructive',
      signal,
      answer: closedShape,
      send: (rest, request) =>
        rest.pulls.update({
          ...ownerAndRepo(of.repository),
          pull_number: of.pull_number,
          state: 'closed',
          request,
        }),
    });
    return outputOf(data);
  },
  async find(_permit, of, { client, signal }) {
    try {
      const { data } = await client.call({
        effect: 'read',
        signal,
        answer: pullShape,
        send: (rest, request) =>
          rest.pulls.get({ ...ownerAndRepo(of.repository), pull_number: of.pull_number, request }),
      });
      const closed = closedShape.safeParse(data);
      return closed.success ? { found: 'yes', output: outputOf(closed.data) } : { found: 'no' };
    } catch (error) {
      return error instanceof CodedError ? { found: 'unknown', error } : { found: 'unknown' };
    }
  },
});
