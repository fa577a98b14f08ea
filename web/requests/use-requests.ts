import { useEffect, useRef, useState } from 'preact/hooks';
import { getRequest, listRequests } from '#domain/request/calls.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import type { Api } from '../api/call-api.ts';
import { asFailure, type Failure } from '../api/failure.ts';
import { followRequest } from '../api/follow-request.ts';
import { useInView } from '../api/use-in-view.ts';
import { useRepeated } from '../api/use-repeated.ts';
import { changesAnnounced } from './changes-announced.ts';
import {
  type KnownRequest,
  toFollow,
  viewsWanted,
  withSummaries,
  withUnfolded,
  withView,
} from './known-requests.ts';

interface RequestsHandle {
  known: readonly KnownRequest[];
  loaded: boolean;
  /** Why the list may be out of date; `undefined` while all is well. */
  failure: Failure | undefined;
  hasOlder: boolean;
  showOlder: () => Promise<void>;
  put: (view: RequestView) => void;
  unfold: (id: string, unfolded: boolean) => void;
}

interface RequestsOptions {
  api: Api;
  /** False while nobody is signed in: nothing is fetched then. */
  live: boolean;
  announce: (words: string) => void;
}

const refreshMs = 5_000;
const streamsMost = 2;

/** The person's own requests: streams for the newest that can still change, polling for all others. */
export function useRequests({ api, live, announce }: RequestsOptions): RequestsHandle {
  const [known, setKnown] = useState<readonly KnownRequest[]>([]);
  const [failure, setFailure] = useState<Failure>();
  /** `undefined` before the first page has arrived. */
  const [next, setNext] = useState<string | null>();
  const inView = useInView();

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      setFailure(undefined);
    } catch (thrown) {
      setFailure(asFailure(thrown));
    }
  }

  const put = (view: RequestView) => setKnown((current) => withView(current, view));
  const fetchView = (id: string) => attempt(async () => put(await api(getRequest, { params: { id } })));

  useRepeated(
    () =>
      attempt(async () => {
        const missed = viewsWanted(known);
        const page = await api(listRequests);
        for (const id of missed) put(await api(getRequest, { params: { id } }));
        setKnown((current) => withSummaries(current, page.requests));
        setNext((current) => (current === undefined ? page.next : current));
      }),
    refreshMs,
    live,
  );

  const wanted = viewsWanted(known)
    .map((id) => `${id} ${known.find((one) => one.summary.id === id)?.summary.updated_at}`)
    .join();
  useEffect(() => {
    for (const id of viewsWanted(known)) void fetchView(id);
  }, [wanted]);

  const followed = live && inView ? toFollow(known, streamsMost).join() : '';
  useEffect(() => {
    const stops = followed
      .split(',')
      .filter((id) => id !== '')
      .map((id) => followRequest({ id, onView: put, onLost: () => void fetchView(id) }));
    return () => {
      for (const stop of stops) stop();
    };
  }, [followed]);

  const before = useRef(known);
  useEffect(() => {
    for (const words of changesAnnounced(before.current, known)) announce(words);
    before.current = known;
  }, [known]);

  return {
    known,
    loaded: next !== undefined,
    failure,
    hasOlder: typeof next === 'string',
    showOlder: () =>
      attempt(async () => {
        if (typeof next !== 'string') return;
        const page = await api(listRequests, { query: { before: next } });
        setKnown((current) => withSummaries(current, page.requests));
        setNext(page.next);
      }),
    put,
    unfold: (id, unfolded) => setKnown((current) => withUnfolded(current, id, unfolded)),
  };
}
