import { watchRequest } from '#domain/request/calls.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import { addressAt } from './base.ts';

interface Following {
  id: string;
  onView: (view: RequestView) => void;
  /** The stream ended and the browser will not reopen it: use an ordinary call. */
  onLost: () => void;
}

const reopenAfterMs = 5_000;

/** Follows one request by server-sent events until the returned function is called. */
export function followRequest(following: Following): () => void {
  let stopped = false;
  let source: EventSource | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    const stream = new EventSource(addressAt(watchRequest, { params: { id: following.id } }));
    source = stream;
    stream.addEventListener('request', (event) => {
      const view: RequestView = JSON.parse(event.data);
      following.onView(view);
    });
    stream.addEventListener('error', () => {
      // The browser retries a dropped connection; an answer that is not a stream (401, 503) closes it for good.
      if (stopped || stream.readyState !== EventSource.CLOSED) return;
      following.onLost();
      reopening = setTimeout(open, reopenAfterMs);
    });
  }

  open();
  return () => {
    stopped = true;
    source?.close();
    clearTimeout(reopening);
  };
}
