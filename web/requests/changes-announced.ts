import type { KnownRequest } from './known-requests.ts';
import { requestTitle } from './request-title.ts';
import { requestWords } from './state-words.ts';

/** What a screen reader should say: known requests whose state has changed. */
export function changesAnnounced(before: readonly KnownRequest[], after: readonly KnownRequest[]): string[] {
  return after
    .filter(({ summary }) => {
      const was = before.find((one) => one.summary.id === summary.id);
      return was !== undefined && was.summary.state !== summary.state;
    })
    .map(({ summary }) => `${requestTitle(summary)}: ${requestWords(summary.state).word}`);
}
