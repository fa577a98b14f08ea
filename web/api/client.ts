import { asFailure, failureFrom } from './failure.ts';
import type {
  ApprovalPage,
  ApprovalView,
  Decide,
  RequestPage,
  RequestView,
  Resolve,
  UserInfo,
} from './types.ts';

/** The calls that the page makes. Each throws `Failure`. */
export interface Api {
  whoAmI(): Promise<UserInfo>;
  signOut(): Promise<void>;
  ask(text: string, idempotencyKey: string): Promise<RequestView>;
  /** Newest first; `before` is the `next` of the page above. */
  requests(before?: string): Promise<RequestPage>;
  request(id: string): Promise<RequestView>;
  withdraw(id: string): Promise<RequestView>;
  resolve(id: string, body: Resolve): Promise<RequestView>;
  approvals(): Promise<ApprovalPage>;
  approval(id: string): Promise<ApprovalView>;
  decide(id: string, body: Decide): Promise<ApprovalView>;
}

interface ApiOptions {
  fetch: typeof fetch;
  /** Called at every 401, before the call throws. */
  onSessionEnded: () => void;
}

interface Call {
  method?: 'POST';
  body?: unknown;
  headers?: Record<string, string>;
}

const timeLimitMs = 20_000;
export const apiBase = '/api/v1';

/** The public API, spoken with the session cookie. */
export function createApi(options: ApiOptions): Api {
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
        signal: AbortSignal.timeout(timeLimitMs),
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

  async function json<Answer>(path: string, call: Call = {}): Promise<Answer> {
    const response = await answered(`${apiBase}${path}`, call);
    try {
      const answer: Answer = await response.json();
      return answer;
    } catch (thrown) {
      throw asFailure(thrown);
    }
  }

  const post = <Answer>(path: string, body?: unknown, headers: Record<string, string> = {}) =>
    json<Answer>(path, { method: 'POST', body, headers });

  return {
    whoAmI: () => json('/auth/userinfo'),
    signOut: async () => {
      await answered('/auth/logout', { method: 'POST' });
    },
    ask: (text, idempotencyKey) => post('/requests', { text }, { 'idempotency-key': idempotencyKey }),
    requests: (before) =>
      json(before === undefined ? '/requests' : `/requests?before=${encodeURIComponent(before)}`),
    request: (id) => json(`/requests/${encodeURIComponent(id)}`),
    withdraw: (id) => post(`/requests/${encodeURIComponent(id)}/withdraw`),
    resolve: (id, body) => post(`/requests/${encodeURIComponent(id)}/resolve`, body),
    approvals: () => json('/approvals'),
    approval: (id) => json(`/approvals/${encodeURIComponent(id)}`),
    decide: (id, body) => post(`/approvals/${encodeURIComponent(id)}/decision`, body),
  };
}
