import { asFailure, failureFrom } from './failure.ts';

export interface CallOptions {
  fetch: typeof fetch;
  /** Called at every 401, before the call throws. */
  onSessionEnded: () => void;
}

interface Call {
  method?: 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  /** How long to wait for the answer. */
  limitMs?: number;
}

/** How the page speaks to the API; each call throws `Failure`. */
export interface Calls {
  json<Answer>(path: string, call?: Call): Promise<Answer>;
  /** With the `ETag` of the answer; empty where it has none. */
  tagged<Answer>(path: string, call?: Call): Promise<{ answer: Answer; etag: string }>;
}

const timeLimitMs = 20_000;

/** Calls with the session cookie. */
export function createCalls(options: CallOptions): Calls {
  async function send(path: string, call: Call): Promise<Response> {
    try {
      return await options.fetch(path, {
        method: call.method ?? 'GET',
        credentials: 'same-origin',
        headers: {
          accept: 'application/json',
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...call.headers,
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        signal: AbortSignal.timeout(call.limitMs ?? timeLimitMs),
      });
    } catch (thrown) {
      throw asFailure(thrown);
    }
  }

  async function answered(path: string, call: Call): Promise<Response> {
    const response = await send(path, call);
    if (response.ok) return response;
    if (response.status === 401) options.onSessionEnded();
    throw failureFrom(response.status, await response.json().catch(() => undefined));
  }

  async function tagged<Answer>(path: string, call: Call = {}): Promise<{ answer: Answer; etag: string }> {
    const response = await answered(path, call);
    try {
      const answer: Answer = await response.json();
      return { answer, etag: response.headers.get('etag') ?? '' };
    } catch (thrown) {
      throw asFailure(thrown);
    }
  }

  return {
    tagged,
    json: async <Answer>(path: string, call?: Call) => (await tagged<Answer>(path, call)).answer,
  };
}

/** `?a=1&b=2` of what is said; empty where nothing is. */
export function queryText(query: Readonly<Record<string, string | number | undefined>>): string {
  const said = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return said.length === 0 ? '' : `?${new URLSearchParams(said)}`;
}
