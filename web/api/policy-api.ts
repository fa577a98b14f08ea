import { apiBase } from './base.ts';
import { type Calls } from './calls.ts';
import type {
  ChangedPolicy,
  ImpactQuestion,
  ImpactView,
  NewPolicy,
  NewPolicySettings,
  PolicyCanary,
  PolicyDiff,
  PolicyEvaluation,
  PolicyPage,
  PolicyQuestion,
  PolicySettings,
  PolicyUpdate,
  PolicyVersions,
  PolicyView,
} from './types.ts';

/** What a change goes on record with: why, and the impact that its author has seen. */
export interface Confirmed {
  change_reason: string;
  impact_digest: string;
}

export interface PolicyApi {
  list(): Promise<PolicyPage>;
  /** The newest version, and the tag that a change of it names. */
  newest(id: string): Promise<{ policy: PolicyView; etag: string }>;
  versions(id: string): Promise<PolicyVersions>;
  diff(id: string, between: { from: number; to: number }): Promise<PolicyDiff>;
  create(body: NewPolicy): Promise<ChangedPolicy>;
  update(id: string, body: PolicyUpdate, etag: string): Promise<ChangedPolicy>;
  activate(id: string, body: Confirmed & { version: number }, etag: string): Promise<ChangedPolicy>;
  rollback(id: string, body: Confirmed & { to_version: number }, etag: string): Promise<ChangedPolicy>;
  deprecate(id: string, body: Confirmed, etag: string): Promise<ChangedPolicy>;
  /** Who has a draft first; for those who may change the policy. */
  canary(id: string): Promise<PolicyCanary>;
  startCanary(
    id: string,
    body: Confirmed & { version: number; user_ids: string[] },
    etag: string,
  ): Promise<ChangedPolicy>;
  endCanary(id: string, body: Confirmed, etag: string): Promise<ChangedPolicy>;
  /** Which changes have to name the digest of their impact. */
  settings(): Promise<PolicySettings>;
  changeSettings(body: NewPolicySettings): Promise<PolicySettings>;
  /** Whom a change would have hit in the last 30 days. */
  impact(id: string, question: ImpactQuestion): Promise<ImpactView>;
  /** What policy would say, without effect. */
  evaluate(question: PolicyQuestion): Promise<PolicyEvaluation>;
}

/** A month of decisions is asked again. */
const impactLimitMs = 120_000;

export function policyApi({ json, tagged }: Calls): PolicyApi {
  const one = (id: string) => `${apiBase}/policies/${encodeURIComponent(id)}`;
  const ifMatch = (etag: string) => (etag === '' ? {} : { 'if-match': etag });
  const confirm = (method: 'POST' | 'DELETE', path: string, body: Confirmed, etag: string) =>
    json<ChangedPolicy>(path, { method, body, headers: ifMatch(etag), limitMs: impactLimitMs });
  return {
    list: () => json(`${apiBase}/policies`),
    newest: async (id) => {
      const { answer, etag } = await tagged<PolicyView>(one(id));
      return { policy: answer, etag };
    },
    versions: (id) => json(`${one(id)}/versions`),
    diff: (id, { from, to }) => json(`${one(id)}/diff?from=${from}&to=${to}`),
    create: (body) => json(`${apiBase}/policies`, { method: 'POST', body }),
    update: (id, body, etag) => json(one(id), { method: 'PUT', body, headers: ifMatch(etag) }),
    activate: (id, body, etag) => confirm('POST', `${one(id)}/activate`, body, etag),
    rollback: (id, body, etag) => confirm('POST', `${one(id)}/rollback`, body, etag),
    deprecate: (id, body, etag) => confirm('DELETE', one(id), body, etag),
    canary: (id) => json(`${one(id)}/canary`),
    startCanary: (id, body, etag) => confirm('POST', `${one(id)}/canary`, body, etag),
    endCanary: (id, body, etag) => confirm('DELETE', `${one(id)}/canary`, body, etag),
    settings: () => json(`${apiBase}/policies/settings`),
    changeSettings: (body) => json(`${apiBase}/policies/settings`, { method: 'PUT', body }),
    impact: (id, body) => json(`${one(id)}/impact`, { method: 'POST', body, limitMs: impactLimitMs }),
    evaluate: (body) => json(`${apiBase}/policies/evaluate`, { method: 'POST', body }),
  };
}
