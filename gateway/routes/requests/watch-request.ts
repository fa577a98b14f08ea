import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { CodedError, errorFacts } from '#domain/error.ts';
import * as calls from '#domain/request/calls.ts';
import { isFinal } from '#domain/request/request.ts';
import { defineRoute } from '../../http/route.ts';
import { sessionCookieName } from '../../identity/session/session-cookie.ts';
import { createMayFollow, type MayFollowParts } from './may-follow.ts';
import { ownRequest, requestParams } from './own-request.ts';
import type { RequestParts } from './parts.ts';
import { requestView } from './request-view.ts';

/** At most; with the age at which rights are asked for anew it stays below the minute that we promise. */
const longestHeartbeatMs = 10_000;
const retryMs = 2_000;

/** As long as an access token lives; then the client reconnects by itself and authenticates again. */
const streamMaxMs = 15 * 60_000;

type Parts = MayFollowParts &
  Pick<RequestParts, 'requests' | 'actions' | 'openRequest' | 'changes' | 'metrics' | 'rightsRecheckMs'>;

/** Sends the view after every change, until the state is final or the person may no longer look. */
export function watchRequest(parts: Parts) {
  return defineRoute({
    ...calls.watchRequest,
    summary: 'Follow one of your own requests: an event `request` with its view after every change',
    auth: 'requests.use',
    audit: { none: 'people read what is their own' },
    request: { params: requestParams },
    response: { 200: { media: 'text/event-stream', contains: 'Events `request`; ends after a final state' } },
    errors: ['NOT_FOUND', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params, signal, rawHeaders, cookies }) {
      await ownRequest(parts, actor, params.id);
      const session = rawHeaders['authorization'] === undefined ? cookies[sessionCookieName] : undefined;
      const mayFollow = await createMayFollow(parts, { actor, rawHeaders, session });
      const over = AbortSignal.any([signal, AbortSignal.timeout(streamMaxMs)]);
      const view = async () => {
        const request = await ownRequest(parts, actor, params.id);
        return requestView(parts.actions, await parts.openRequest(request, actor.userId));
      };
      const heartbeatMs = Math.min(longestHeartbeatMs, parts.rightsRecheckMs / 4);
      const subscribe = () => parts.changes.subscribe(actor.tenantId, params.id);
      return {
        status: 200,
        headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
        body: Readable.from(counted(parts, events({ view, mayFollow, subscribe, over, heartbeatMs }))),
      };
    },
  });
}

interface Followed {
  view: () => Promise<ReturnType<typeof requestView>>;
  mayFollow: () => Promise<boolean>;
  subscribe: () => ReturnType<Parts['changes']['subscribe']>;
  over: AbortSignal;
  heartbeatMs: number;
}

/** Subscribes before it reads, so that no change is missed in between. */
async function* events({ view, mayFollow, subscribe, over, heartbeatMs }: Followed): AsyncGenerator<string> {
  const subscription = subscribe();
  let shown = '';
  try {
    yield `retry: ${retryMs}\n\n`;
    while (!over.aborted) {
      if ((await patiently(mayFollow, over)) !== true) return;
      const current = await patiently(view, over);
      if (current === undefined) return;
      const text = JSON.stringify(current);
      if (text !== shown) yield `event: request\ndata: ${text}\n\n`;
      shown = text;
      if (isFinal(current.state)) return;
      while (!over.aborted && !(await subscription.changed(heartbeatMs, over))) {
        yield ': still here\n\n';
        if ((await patiently(mayFollow, over)) !== true) return;
      }
    }
  } finally {
    subscription.close();
  }
}

/** A database that is away for a while doesn't end the stream. */
async function patiently<Found>(look: () => Promise<Found>, over: AbortSignal): Promise<Found | undefined> {
  while (!over.aborted) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof CodedError) || !errorFacts(error.code).retryable) throw error;
      await pause(retryMs, undefined, { signal: over }).catch(() => undefined);
    }
  }
  return undefined;
}

async function* counted({ metrics }: Parts, stream: AsyncGenerator<string>): AsyncGenerator<string> {
  metrics.streamOpened();
  try {
    yield* stream;
  } finally {
    metrics.streamClosed();
  }
}
