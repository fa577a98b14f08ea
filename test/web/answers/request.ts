import {
  getRequest,
  listRequests,
  postRequest,
  resolveRequest,
  watchRequest,
  withdrawRequest,
} from '#domain/request/calls.ts';
import {
  newRequest,
  type RequestView,
  requestList,
  requestView,
  resolveRequest as resolution,
} from '#domain/request/request.schema.ts';
import { answers, type Recording, requestEvent } from '../../support/recorded-gateway.ts';
import type { OnRecord } from './on-record.ts';

export function requestAnswers(record: OnRecord): Recording[] {
  const named = (id: string) => record.requests.find((one) => one.id === id);
  const changed = (view: RequestView | undefined, by: Partial<RequestView>) => {
    if (view === undefined) return undefined;
    return { body: changeRequest(record, { ...view, ...by, updated_at: new Date().toISOString() }) };
  };
  return [
    answers(listRequests, () => ({ body: requestList.parse({ requests: record.requests, next: null }) })),
    answers(postRequest, ({ body }) => {
      newRequest.parse(body);
      const [made] = record.requests;
      return made && { status: 202, body: made };
    }),
    answers(getRequest, ({ params: { id } }) => {
      const view = named(id);
      return view && { body: view };
    }),
    answers(watchRequest, ({ params: { id } }) => {
      const view = named(id);
      return view && { chunks: [requestEvent(view)], follow: (write) => follow(record, id, write) };
    }),
    answers(withdrawRequest, ({ params: { id } }) => changed(named(id), { state: 'withdrawn' })),
    answers(resolveRequest, ({ params: { id }, body }) => {
      resolution.parse(body);
      return changed(named(id), { state: 'answered', actions: [] });
    }),
  ];
}

/** Puts a request on record and sends it to whoever follows it. */
export function changeRequest(record: OnRecord, view: RequestView): RequestView {
  const checked = requestView.parse(view);
  record.requests = [checked, ...record.requests.filter((one) => one.id !== checked.id)];
  for (const [write, id] of record.followers) if (id === checked.id) write(requestEvent(checked));
  return checked;
}

function follow({ followers }: OnRecord, id: string, write: (chunk: string) => void): () => void {
  followers.set(write, id);
  return () => void followers.delete(write);
}
