import { describe, expect, it } from 'vitest';
import { createActionTable } from '#connectors/registry.ts';
import { findInContent } from '#domain/classification/classify-content.ts';

const item = (number: number, title: string) => ({
  number,
  title,
  state: 'open',
  author: 'octocat',
  url: `https://github.com/acme/website/issues/${number}`,
  updated_at: '2026-11-21T12:00:00Z',
});

const output = {
  repository: 'acme/website',
  classification: 'public',
  items: [item(7, 'Broken link'), item(8, 'My card is 4111 1111 1111 1111')],
  more: false,
};

describe.each(['github_issue_read', 'github_pr_read'])('what %s touched', (id) => {
  const action = createActionTable().action(id);

  it('is found in its output, each item with its own content', () => {
    const touched = action?.dataTouched({ repository: 'acme/website', state: 'open' }, output) ?? [];
    const held = touched.map(({ itemId }) => [
      itemId,
      findInContent(action?.contentOf?.(output, itemId)).length,
    ]);
    expect(held).toEqual([
      ['acme/website#7', 0],
      ['acme/website#8', 1],
    ]);
  });

  it('has no content of its own where it is the repository', () => {
    expect(action?.contentOf?.({ ...output, items: [] }, 'acme/website')).toBeUndefined();
  });
});
