import { apiBase } from './base.ts';
import type { RequestView } from './types.ts';

interface Watch {
  id: string;
  onView: (view: RequestView) => void;
  /** The stream ended and the browser will not open it again by itself: look with an ordinary call. */
  onLost: () => void;
}

const reopenAfterMs = 5_000;

/** Follows one request by server-sent events until the returned function is called. */
export function watchRequest(watch: Watch): () => void {
  let stopped = false;
  let source: EventSource | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    const stream = new EventSource(`${apiBase}/requests/${encodeURIComponent(watch.id)}/events`);
    source = stream;
    stream.addEventListener('request', (event) => {
      const view: RequestView = JSON.parse(event.data);
      watch.onView(view);
    });
    stream.addEventListener('error', () => {
      // A dropped connection is retried by the browser; an answer that isn't a stream (401, 503) closes it for good.
      if (stopped || stream.readyState !== EventSource.CLOSED) return;
      watch.onLost();
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
