import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { CodedError, errorFacts } from '#domain/error.ts';
import { isFinal } from '#domain/request.ts';
import { requestView } from '../../views/request-view.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { defineRoute } from '../route.ts';
import { ownRequest, requestParams } from './own-request.ts';

const heartbeatMs = 15_000;
const retryMs = 2_000;

/** As long as an access token lives; the client comes back by itself and signs in anew. */
const streamMaxMs = 15 * 60_000;

type Dependencies = Pick<RouteDependencies, 'requests' | 'actions' | 'openRequest' | 'changes' | 'metrics'>;

/** The view after every change, until the state is final. */
export function watchRequest(dependencies: Dependencies) {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/requests/:id/events',
    summary: 'Follow one of your own requests: an event `request` with its view after every change',
    auth: 'requests.use',
    audit: { none: 'people read what is their own' },
    request: { params: requestParams },
    response: { 200: { media: 'text/event-stream', holds: 'Events `request`; ends after a final state' } },
    errors: ['NOT_FOUND', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params, signal }) {
      await ownRequest(dependencies, actor, params.id);
      const over = AbortSignal.any([signal, AbortSignal.timeout(streamMaxMs)]);
      const view = async () => {
        const request = await ownRequest(dependencies, actor, params.id);
        return requestView(dependencies.actions, await dependencies.openRequest(request, actor.userId));
      };
      const subscribe = () => dependencies.changes.subscribe(actor.tenantId, params.id);
      return {
        status: 200,
        headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
        body: Readable.from(counted(dependencies, events(view, subscribe, over))),
      };
    },
  });
}

type View = ReturnType<typeof requestView>;

/** Subscribes before it reads, so that no change falls between the two. */
async function* events(
  view: () => Promise<View>,
  subscribe: () => ReturnType<Dependencies['changes']['subscribe']>,
  over: AbortSignal,
): AsyncGenerator<string> {
  const subscription = subscribe();
  let shown = '';
  try {
    yield `retry: ${retryMs}\n\n`;
    while (!over.aborted) {
      const now = await patiently(view, over);
      if (now === undefined) return;
      const text = JSON.stringify(now);
      if (text !== shown) yield `event: request\ndata: ${text}\n\n`;
      shown = text;
      if (isFinal(now.state)) return;
      while (!over.aborted && !(await subscription.changed(heartbeatMs, over))) yield ': still here\n\n';
    }
  } finally {
    subscription.close();
  }
}

/** A database that is away for a while doesn't end the stream. */
async function patiently(view: () => Promise<View>, over: AbortSignal): Promise<View | undefined> {
  while (!over.aborted) {
    try {
      return await view();
    } catch (error) {
      if (!(error instanceof CodedError) || !errorFacts(error.code).retryable) throw error;
      await pause(retryMs, undefined, { signal: over }).catch(() => undefined);
    }
  }
  return undefined;
}

async function* counted({ metrics }: Dependencies, stream: AsyncGenerator<string>): AsyncGenerator<string> {
  metrics.streamOpened();
  try {
    yield* stream;
  } finally {
    metrics.streamClosed();
  }
}
