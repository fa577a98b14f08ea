import { z } from 'zod';
import type { DataTouched } from '#domain/audit/audit.ts';
import { classifications } from '#domain/classification/classification.ts';
import type { CallContext } from '../contract.ts';
import type { GithubClient } from './client.ts';
import { itemNumber, itemState, repository, webAddress } from './input.ts';
import { oneLine } from './one-line.ts';

/** Most items in the answer of one read (spec/enterprise.md §1.6). */
export const listLimit = 50;

/** Most pages read for them: GitHub mixes pull requests into its issues. */
const pageLimit = 5;

export const listInput = z.strictObject({ repository, state: itemState.default('open') });

export type ListInput = z.infer<typeof listInput>;

export const listOutput = z.strictObject({
  repository,
  classification: z.enum(classifications),
  items: z
    .array(
      z.strictObject({
        number: itemNumber,
        title: z.string(),
        state: z.enum(['open', 'closed']),
        author: z.string().nullable(),
        url: webAddress,
        updated_at: z.iso.datetime({ offset: true }),
      }),
    )
    .max(listLimit),
  /** There are more than these. */
  more: z.boolean(),
});

export type ListOutput = z.infer<typeof listOutput>;

const pageShape = z.array(
  z.object({
    number: itemNumber,
    title: z.string(),
    state: z.enum(['open', 'closed']),
    user: z.object({ login: z.string() }).nullable(),
    html_url: webAddress,
    updated_at: z.iso.datetime({ offset: true }),
    /** Only present when an issue is really a pull request. */
    pull_request: z.unknown().optional(),
  }),
);

type Item = z.infer<typeof pageShape>[number];

interface ListOptions {
  context: CallContext<GithubClient>;
  /** Requests one page of `listLimit` items. */
  send(
    rest: Parameters<Parameters<GithubClient['call']>[0]['send']>[0],
    page: { per_page: number; page: number; request: { signal: AbortSignal } },
  ): ReturnType<Parameters<GithubClient['call']>[0]['send']>;
  keep(item: Item): boolean;
}

/** Reads pages until there are enough items or no more pages. */
export async function listItems({
  context,
  send,
  keep,
}: ListOptions): Promise<Pick<ListOutput, 'items' | 'more'>> {
  const items: ListOutput['items'] = [];
  for (let page = 1; page <= pageLimit; page += 1) {
    const { data } = await context.client.call({
      effect: 'read',
      signal: context.signal,
      answer: pageShape,
      send: (rest, request) => send(rest, { per_page: listLimit, page, request }),
    });
    items.push(...data.filter(keep).map(itemOf));
    if (items.length > listLimit) return { items: items.slice(0, listLimit), more: true };
    if (data.length < listLimit) return { items, more: false };
  }
  return { items, more: true };
}

function itemOf(item: Item): ListOutput['items'][number] {
  return {
    number: item.number,
    title: oneLine(item.title),
    state: item.state,
    author: item.user === null ? null : oneLine(item.user.login),
    url: item.html_url,
    updated_at: item.updated_at,
  };
}

export function itemsTouched(output: ListOutput, purpose: string): readonly DataTouched[] {
  const { repository: source, classification, items } = output;
  if (items.length === 0) return [{ source: 'github', itemId: source, classification, purpose }];
  return items.map(({ number }) => ({
    source: 'github',
    itemId: `${source}#${number}`,
    classification,
    purpose,
  }));
}

/** The item behind an id that `itemsTouched` gave; `undefined` for the repository itself. */
export function itemOfKey({ repository: source, items }: ListOutput, itemId: string): unknown {
  return items.find(({ number }) => `${source}#${number}` === itemId);
}

/** `2 open issues in acme/website:` and a line for each. */
export function itemsInWords(input: ListInput, output: ListOutput, noun: string): string {
  const { items, more } = output;
  const which = input.state === 'all' ? '' : `${input.state} `;
  const count = items.length === 0 ? 'No' : `${more ? 'The first ' : ''}${items.length}`;
  const head = `${count} ${which}${noun}${items.length === 1 ? '' : 's'} in ${input.repository}`;
  if (items.length === 0) return `${head}.`;
  const lines = items.map(
    ({ number, title, author }) => `#${number} ${title}${author ? ` (${author})` : ''}`,
  );
  return [`${head}:`, ...lines].join('\n');
}
