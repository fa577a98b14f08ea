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
  /** Answers the provider's page that ends its session too; `null` where it has none. */
  signOut(): Promise<URL | null>;
  ask(text: string, idempotencyKey: string): Promise<RequestView>;
  /** Newest first; `before` is the `next` of the page above. */
  requests(before?: string): Promise<RequestPage>;
  request(id: string): Promise<RequestView>;
  withdraw(id: string): Promise<RequestView>;
  resolve(id: string, body: Resolve): Promise<RequestView>;
  /** At most `approvalsMost` that wait, newest first: what this person may decide, and own ones. */
  pendingApprovals(): Promise<ApprovalPage>;
  /** The newest in any state. */
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

/** The most approvals that one call answers. */
export const approvalsMost = 100;

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
    const response = await answered(path, call);
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
    whoAmI: () => json(`${apiBase}/auth/userinfo`),
    signOut: async () => {
      const answer: { endSessionUrl?: string | null } = await json('/auth/logout', { method: 'POST' });
      const url = URL.parse(answer.endSessionUrl ?? '');
      return url !== null && /^https?:$/.test(url.protocol) ? url : null;
    },
    ask: (text, idempotencyKey) =>
      post(`${apiBase}/requests`, { text }, { 'idempotency-key': idempotencyKey }),
    requests: (before) =>
      json(
        before === undefined
          ? `${apiBase}/requests`
          : `${apiBase}/requests?before=${encodeURIComponent(before)}`,
      ),
    request: (id) => json(`${apiBase}/requests/${encodeURIComponent(id)}`),
    withdraw: (id) => post(`${apiBase}/requests/${encodeURIComponent(id)}/withdraw`),
    resolve: (id, body) => post(`${apiBase}/requests/${encodeURIComponent(id)}/resolve`, body),
    pendingApprovals: () => json(`${apiBase}/approvals?state=pending&limit=${approvalsMost}`),
    approvals: () => json(`${apiBase}/approvals`),
    approval: (id) => json(`${apiBase}/approvals/${encodeURIComponent(id)}`),
    decide: (id, body) => post(`${apiBase}/approvals/${encodeURIComponent(id)}/decision`, body),
  };
}
