import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import { defineAction } from '../../contract.ts';
import type { GithubClient } from '../client.ts';
import { type Comment, commentShape, findComment } from '../find-comment.ts';
import { commentBody, itemNumber, ownerAndRepo, repository, webAddress } from '../input.ts';
import { withMarker } from '../marker.ts';

const input = z.strictObject({ repository, issue_number: itemNumber, body: commentBody });

const output = z.strictObject({ comment_id: z.int(), url: webAddress });

type Input = z.infer<typeof input>;
type Output = z.infer<typeof output>;

const targetOf = (of: Input) => `${of.repository}#${of.issue_number}`;

const outputOf = (comment: Comment): Output => ({ comment_id: comment.id, url: comment.html_url });

/** GitHub accepts no idempotency key, so a hidden marker says which run a comment belongs to (reliability.md §3). */
export const commentIssue = defineAction<GithubClient, Input, Output>({
  id: 'github_issue_comment',
  connector: 'github',
  operation: 'comment_issue',
  effect: 'write',
  guarantee: {
    of: 'comment',
    foundBy: 'a hidden marker with a hash of the run, at the end of a comment by our own account',
    limit:
      "GitHub takes no idempotency key. A call that the network delivers later than the settle time after it was sent can't be seen when we look: there may then be two comments. If somebody edits the marker away, or deletes the comment, within that time, it counts as absent. An issue with more than 3,000 comments is not looked through: a person is asked",
  },
  audit: 'github.issue_commented',
  title: 'Comment on a GitHub issue',
  input,
  output,
  intents: [
    'comment on [the] [issue] {repository}#{issue_number}: {...body}',
    'comment on [the] pull request {repository}#{issue_number}: {...body}',
    'comment on issue #{issue_number} of|in {repository}: {...body}',
  ],
  examples: [
    {
      say: 'comment on acme/website#7: Fixed in 2.1',
      input: { repository: 'acme/website', issue_number: 7, body: 'Fixed in 2.1' },
    },
  ],
  target: targetOf,
  classify: () => 'internal',
  dataTouched: (of) => [
    { source: 'github', itemId: targetOf(of), classification: 'internal', purpose: 'comment' },
  ],
  answer: (of, { url }) => `Commented on ${targetOf(of)}: ${url}`,
  preview: (of) => of.body,
  async run(permit, of, { client, signal }) {
    const { data } = await client.call({
      effect: 'write',
      signal,
      answer: commentShape,
      send: (rest, request) =>
        rest.issues.createComment({
          ...ownerAndRepo(of.repository),
          issue_number: of.issue_number,
          body: withMarker(of.body, permit.runId),
          request,
        }),
    });
    return outputOf(data);
  },
  async find(permit, of, context) {
    try {
      const { runId } = permit;
      const comment = await findComment({
        repository: of.repository,
        issueNumber: of.issue_number,
        runId,
        context,
      });
      return comment === undefined ? { found: 'no' } : { found: 'yes', output: outputOf(comment) };
    } catch (error) {
      return error instanceof CodedError ? { found: 'unknown', error } : { found: 'unknown' };
    }
  },
});
