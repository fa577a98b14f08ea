import type { AnswerOf, Call, Given, SentParts } from '#domain/call.ts';
import { sessionHeader } from '#domain/person/session-header.ts';
import { addressAt, chosen } from './base.ts';
import { asFailure, failureFrom } from './failure.ts';

/** The public API, called with the session cookie. */
export interface Api {
  <const Which extends Call>(call: Which, ...given: Given<Which>): Promise<AnswerOf<Which>>;
  /** Returns the `ETag` of the answer too; empty if it has none. */
  tagged<const Which extends Call>(
    call: Which,
    ...given: Given<Which>
  ): Promise<{ answer: AnswerOf<Which>; etag: string }>;
}

interface ApiOptions {
  fetch: typeof fetch;
  /** Called on every 401, before the call throws. */
  onSessionEnded: () => void;
  /** The session that the page shows: every call names it, and does nothing when the cookie's is another. */
  shown?: ShownSession;
}

interface ShownSession {
  /** Its public id; `undefined` while the page shows nobody. */
  id: () => string | undefined;
  /** Looks who is signed in now. True when the page shows that session from now on: it is the same person's. */
  changed: () => Promise<boolean>;
}

const defaultWaitMs = 20_000;

export function createCallApi(options: ApiOptions): Api {
  async function send(call: Call, parts: SentParts): Promise<Response> {
    const { headers, body } = parts;
    try {
      return await options.fetch(addressAt(call, parts), {
        method: call.method,
        credentials: 'same-origin',
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...chosen({ ...headers, [sessionHeader]: options.shown?.id() }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(call.waitMs ?? defaultWaitMs),
      });
    } catch (thrown) {
      throw asFailure(thrown);
    }
  }

  async function answered(call: Call, parts: SentParts, isFirst = true): Promise<Response> {
    const response = await send(call, parts);
    if (response.ok) return response;
    if (response.status === 401) options.onSessionEnded();
    const failure = failureFrom(response.status, await response.json().catch(() => undefined));
    // Nothing was done, so the same person's call may be made once more.
    if (failure.code === 'SESSION_CHANGED' && isFirst && (await options.shown?.changed()) === true)
      return answered(call, parts, false);
    throw failure;
  }

  async function tagged<const Which extends Call>(
    call: Which,
    ...[parts]: Given<Which>
  ): Promise<{ answer: AnswerOf<Which>; etag: string }> {
    const response = await answered(call, parts ?? {});
    try {
      const answer: AnswerOf<Which> = await response.json();
      return { answer, etag: response.headers.get('etag') ?? '' };
    } catch (thrown) {
      throw asFailure(thrown);
    }
  }

  return Object.assign(
    async <const Which extends Call>(call: Which, ...given: Given<Which>) =>
      (await tagged(call, ...given)).answer,
    { tagged },
  );
}
