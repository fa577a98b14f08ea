import { setTimeout as sleep } from 'node:timers/promises';
import { watchRequest } from '#domain/request/calls.ts';
import { type RequestView, requestView } from '#domain/request/request.schema.ts';
import { isFinal } from '#domain/request/request.ts';
import type { Api } from './api.ts';
import { parseAnswer } from './call-gateway.ts';
import { serverEvents } from './event-stream.ts';
import { Failure } from './failure.ts';
import { jsonOrNothing } from './json-or-nothing.ts';

/** We give up after so many attempts in a row without any event: about a minute of a gateway that is away. */
const attemptsMax = 12;
const pauseMaxMs = 5_000;

interface FollowOptions {
  open: Api['open'];
  id: string;
  signal: AbortSignal;
}

/** Yields a request each time it changes, until its state is final. A broken stream is opened again. */
export async function* followRequest({ open, id, signal }: FollowOptions): AsyncGenerator<RequestView> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      for await (const view of views({ open, id, signal })) {
        attempt = 1;
        yield view;
        if (isFinal(view.state)) return;
      }
    } catch (error) {
      if (signal.aborted || attempt >= attemptsMax || !mayPass(error)) throw error;
    }
    await sleep(Math.min(pauseMaxMs, 250 * 2 ** (attempt - 1)), undefined, { signal });
  }
}

/** Yields the request each time it changes, until the gateway ends the stream. */
async function* views({ open, id, signal }: FollowOptions): AsyncGenerator<RequestView> {
  const answer = await open(watchRequest, { params: { id }, accept: 'text/event-stream', signal });
  if (answer.body === null) return;
  for await (const { event, data } of serverEvents(answer.body)) {
    if (event === 'request') yield parseAnswer(jsonOrNothing(data), requestView);
  }
}

/** A stream that breaks shows as a plain error of `fetch`, an unreachable gateway as `unavailable`. */
function mayPass(error: unknown): boolean {
  return error instanceof Failure ? error.exit === 'unavailable' : error instanceof TypeError;
}
