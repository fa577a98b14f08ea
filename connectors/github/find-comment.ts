import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import type { CallContext } from '../contract.ts';
import type { GithubClient } from './client.ts';
import { ownerAndRepo, webAddress } from './input.ts';
import { endsWithMarker } from './marker.ts';

const pageSize = 100;

/** GitHub accepts no more comments on an issue after 2,500; the rest leaves room for a few that slipped in. */
const pageLimit = 30;

export const commentShape = z.object({
  id: z.int(),
  html_url: webAddress,
  body: z.string().nullish(),
  user: z.object({ id: z.int() }).nullish(),
});

export type Comment = z.infer<typeof commentShape>;

interface FindCommentOptions {
  repository: string;
  issueNumber: number;
  runId: string;
  context: CallContext<GithubClient>;
}

/**
 * The comment that this run wrote, or `undefined` if there certainly is none. Throws `CodedError` when it can't be
 * known.
 *
 * Pages are read from the last to the first. New comments only come after the last page, and deleting one moves later
 * ones to pages that are still to be read, so none is missed in between.
 */
export async function findComment(options: FindCommentOptions): Promise<Comment | undefined> {
  const first = await readPage(options, 1);
  const last = lastPage(first.link);
  if (last > pageLimit)
    throw new CodedError('OUTCOME_UNKNOWN', { message: 'There are too many comments to look through.' });
  let ours: number | undefined;
  for (let page = last; page >= 1; page -= 1) {
    const { data } = last === 1 ? first : await readPage(options, page);
    const marked = data.filter((comment) => endsWithMarker(comment.body ?? '', options.runId));
    if (marked.length === 0) continue;
    ours ??= await options.context.client.ownUserId(options.context.signal);
    const found = marked.find((comment) => comment.user?.id === ours);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readPage({ repository, issueNumber, context }: FindCommentOptions, page: number) {
  return context.client.call({
    effect: 'read',
    signal: context.signal,
    answer: z.array(commentShape),
    send: (rest, request) =>
      rest.issues.listComments({
        ...ownerAndRepo(repository),
        issue_number: issueNumber,
        per_page: pageSize,
        page,
        request,
      }),
  });
}

/** Page number of `rel="last"`; the address itself is never followed. */
function lastPage(link: string | undefined): number {
  const address = /<([^<>]*)>;\s*rel="last"/.exec(link ?? '')?.[1];
  if (address === undefined) return 1;
  const page = Number(new URL(address, 'http://localhost').searchParams.get('page'));
  if (!Number.isSafeInteger(page) || page < 1) throw new CodedError('response_invalid');
  return page;
}
