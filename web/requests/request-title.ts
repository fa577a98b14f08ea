import type { RequestView } from '#domain/request/request.schema.ts';

const shownMost = 80;

/** A request in one line: what was asked, shortened; its id if only actions were sent. */
export function requestTitle(request: Pick<RequestView, 'id' | 'text'>): string {
  const text = request.text?.replaceAll(/\s+/gu, ' ').trim() ?? '';
  if (text === '') return `Request ${request.id}`;
  const letters = Array.from(text);
  return letters.length <= shownMost ? text : `${letters.slice(0, shownMost - 1).join('')}…`;
}
