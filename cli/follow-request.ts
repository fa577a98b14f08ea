import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal } from '#domain/request/request.ts';
import type { ApiClient, RequestView } from './api-client.ts';
import { Failure } from './failure.ts';

/** Attempts in a row without any event before we give up: about a minute of a gateway that is away. */
const attemptsMax = 12;
const pauseMaxMs = 5_000;

interface FollowOptions {
  api: Pick<ApiClient, 'requestEvents'>;
  id: string;
  signal: AbortSignal;
}

/** A request each time it changes, until it is in a final state. A broken stream is taken up again. */
export async function* followRequest({ api, id, signal }: FollowOptions): AsyncGenerator<RequestView> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      for await (const view of api.requestEvents(id, signal)) {
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

/** A cut stream shows as a plain error of `fetch`, an unreachable gateway as `unavailable`. */
function mayPass(error: unknown): boolean {
  return error instanceof Failure ? error.exit === 'unavailable' : error instanceof TypeError;
}
