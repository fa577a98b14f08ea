import type { RequestSummary, RequestView } from '#domain/request/request.schema.ts';
import { isOpen } from './state-words.ts';

/** What the page knows of one request. */
export interface KnownRequest {
  summary: RequestSummary;
  /** Absent until somebody unfolds it. */
  view: RequestView | undefined;
  /** Is it unfolded? A request that was open when it came stays unfolded when it ends: people wait for its answer. */
  unfolded: boolean;
}

/** Newest first; what is known of a request is kept. */
export function withSummaries(
  known: readonly KnownRequest[],
  summaries: readonly RequestSummary[],
): KnownRequest[] {
  return summaries.reduce(withSummary, [...known]).sort(newestFirst);
}

/** Takes in a view from a call or a stream. One that is older than what is known changes nothing. */
export function withView(known: readonly KnownRequest[], view: RequestView): KnownRequest[] {
  const { id, state, user_id, text, created_at, updated_at } = view;
  const summary = { id, state, user_id, text, created_at, updated_at };
  return withSummary([...known], summary)
    .map((one) => (one.summary.id === id && !isOlder(view, one.view) ? { ...one, view } : one))
    .sort(newestFirst);
}

export function withUnfolded(known: readonly KnownRequest[], id: string, unfolded: boolean): KnownRequest[] {
  return known.map((one) => (one.summary.id === id ? { ...one, unfolded } : one));
}

/** Ids of unfolded requests whose view is missing or older than the list. */
export function viewsWanted(known: readonly KnownRequest[]): string[] {
  return known
    .filter(({ view, summary, unfolded }) => {
      if (!unfolded) return false;
      return view === undefined || view.state !== summary.state || isOlder(view, summary);
    })
    .map(({ summary }) => summary.id);
}

/**
 * Ids of requests that get a stream: the newest `most` that can still change. A browser opens six HTTP/1.1 connections
 * to a host from all its windows together, and each stream takes one, so the others are polled.
 */
export function toFollow(known: readonly KnownRequest[], most: number): string[] {
  return known
    .filter(({ summary }) => isOpen(summary.state))
    .slice(0, most)
    .map(({ summary }) => summary.id);
}

function withSummary(known: KnownRequest[], summary: RequestSummary): KnownRequest[] {
  const before = known.find((one) => one.summary.id === summary.id);
  if (before === undefined) return [...known, { summary, view: undefined, unfolded: isOpen(summary.state) }];
  if (isOlder(summary, before.summary)) return known;
  return known.map((one) => (one === before ? { ...one, summary } : one));
}

type Dated = Pick<RequestSummary, 'state' | 'updated_at'>;

/** A final state never changes, so an open one beside it is older, whatever the clocks say. */
function isOlder(one: Dated, other: Dated | undefined): boolean {
  if (other === undefined) return false;
  if (isOpen(one.state) !== isOpen(other.state)) return isOpen(one.state);
  return Date.parse(one.updated_at) < Date.parse(other.updated_at);
}

function newestFirst(one: KnownRequest, other: KnownRequest): number {
  const ms = Date.parse(other.summary.created_at) - Date.parse(one.summary.created_at);
  return ms !== 0 ? ms : other.summary.id.localeCompare(one.summary.id);
}
