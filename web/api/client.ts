import { type AuditApi, auditApi } from './audit-api.ts';
import { apiBase } from './base.ts';
import { type CallOptions, createCalls } from './calls.ts';
import { type PolicyApi, policyApi } from './policy-api.ts';
import { type SessionApi, sessionApi } from './session-api.ts';
import { type TenantApi, tenantApi } from './tenant-api.ts';
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
  policies: PolicyApi;
  audit: AuditApi;
  sessions: SessionApi;
  tenants: TenantApi;
}

/** The most approvals that one call answers. */
export const approvalsMost = 100;

/** The public API, spoken with the session cookie. */
export function createApi(options: CallOptions): Api {
  const calls = createCalls(options);
  const { json } = calls;
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
    policies: policyApi(calls),
    audit: auditApi(calls),
    sessions: sessionApi(calls),
    tenants: tenantApi(calls),
  };
}
