import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { escapeHtml } from '#platform/escape-html.ts';
import type { Provider } from '../../stand-in/provider.ts';

const itemShape = z.object({ title: z.string(), state: z.string(), body: z.string().nullish() });

const commentsShape = z.array(
  z.object({ id: z.int(), body: z.string(), user: z.object({ login: z.string() }) }),
);

const itemPath = /^\/([\w-]+\/[\w.-]+)\/(issues|pull)\/(\d+)$/;

/** Is it a browser that asks for an issue or pull request, at the address to which answers link? */
export function isItemPage({ method, url = '', headers }: IncomingMessage): boolean {
  return method === 'GET' && itemPath.test(url) && headers.accept?.includes('text/html') === true;
}

/** A plain page of one issue or pull request, clearly labelled, so that links in our answers lead somewhere. */
export async function giveItemPage(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, repository = '', kind = '', number = ''] = itemPath.exec(request.url ?? '') ?? [];
  const item = await provider.look(`/repos/${repository}/${kind === 'pull' ? 'pulls' : 'issues'}/${number}`);
  const comments = await provider.look(`/repos/${repository}/issues/${number}/comments?per_page=100`);
  const found = item.status === 200 && comments.status === 200;
  const page = found
    ? pageOf(`${repository}#${number}`, jsonOf(itemShape, item.body), jsonOf(commentsShape, comments.body))
    : layout('Not found', '<p>There is no such thing here.</p>');
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  };
  response.writeHead(found ? 200 : 404, headers).end(page);
}

function jsonOf<Shape>(shape: z.ZodType<Shape>, body: Buffer): Shape {
  return shape.parse(JSON.parse(body.toString('utf8')));
}

function pageOf(
  target: string,
  item: z.infer<typeof itemShape>,
  comments: z.infer<typeof commentsShape>,
): string {
  const heading = `${target} ${item.title}`;
  const list = comments.map(
    ({ id, body, user }) =>
      `<article id="issuecomment-${id}"><b>${escapeHtml(user.login)}</b><pre>${escapeHtml(shown(body))}</pre></article>`,
  );
  return layout(
    heading,
    `<p>${escapeHtml(item.state)}</p><pre>${escapeHtml(shown(item.body ?? ''))}</pre>${list.join('')}`,
  );
}

function layout(heading: string, content: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(heading)}</title>
<style>body{font:16px/1.5 system-ui;max-width:45rem;margin:2rem auto;padding:0 1rem}pre{font:inherit;white-space:pre-wrap}
article{border-top:1px solid #ccc;padding-top:1rem}aside{background:#fff3cd;color:#4d3800;padding:.5rem 1rem}</style>
<aside>This is a local stand-in for GitHub. Nothing here is on github.com.</aside>
<h1>${escapeHtml(heading)}</h1>${content}</html>`;
}

/** As on GitHub, comments in the Markdown stay hidden. */
function shown(text: string): string {
  return text.replaceAll(/<!--[^]*?-->/g, '').trim();
}
