import type { z } from 'zod';
import { type approvalDecision, approvalList, approvalView } from '#domain/approval/approval.schema.ts';
import { auditHeads, auditKeys, auditProof } from '#domain/audit/answers.schema.ts';
import { auditPage } from '#domain/audit/audit.schema.ts';
import {
  classificationOverride,
  type overrideClassification,
} from '#domain/classification/classification.schema.ts';
import { keysView } from '#domain/key/keys.schema.ts';
import {
  legalHold,
  legalHoldList,
  type newLegalHold,
  type withReason,
} from '#domain/person/legal-hold.schema.ts';
import { endedSession, sessionList, signInConfig, userInfo } from '#domain/person/session.schema.ts';
import { erasureView } from '#domain/person/user-data.schema.ts';
import {
  changedPolicy,
  type newPolicy,
  type policyActivation,
  type policyDeprecation,
  policyDiff,
  policyList,
  type policyRollback,
  type policyUpdate,
  policyVersions,
  policyView,
} from '#domain/policy/change.schema.ts';
import { type evaluateQuestion, policyEvaluation, resolvedPolicy } from '#domain/policy/explain.schema.ts';
import {
  canaryView,
  type endOfCanary,
  type impactQuestion,
  impactView,
  type newCanary,
  type newPolicySettings,
  policySettings,
} from '#domain/policy/impact.schema.ts';
import {
  type newRequest,
  requestList,
  requestView,
  type resolveRequest,
} from '#domain/request/request.schema.ts';
import { systemStatus } from '#domain/status/status.schema.ts';
import {
  type newTenant,
  type tenantChange,
  tenantList,
  type tenantReason,
  tenantStatusView,
  tenantView,
} from '#domain/tenant/tenant.schema.ts';
import { type Call, type GatewayCaller, parseAnswer, readAnswer } from './call-gateway.ts';
import { serverEvents } from './event-stream.ts';

export type RequestView = z.infer<typeof requestView>;
export type RequestAction = RequestView['actions'][number];
export type RequestList = z.infer<typeof requestList>;
export type ApprovalView = z.infer<typeof approvalView>;
export type PolicyView = z.infer<typeof policyView>;
export type ChangedPolicyView = z.infer<typeof changedPolicy>;
export type AuditPage = z.infer<typeof auditPage>;
export type SystemStatus = z.infer<typeof systemStatus>;
export type UserInfo = z.infer<typeof userInfo>;

type Decision = z.infer<typeof approvalDecision>;
type TenantReason = z.infer<typeof tenantReason>;
type Query = Readonly<Record<string, string | number | undefined>>;

interface Ask {
  body: z.infer<typeof newRequest>;
  idempotencyKey: string;
  signal?: AbortSignal | undefined;
}

/** Recorded decisions are asked again before a policy changes. */
const impactLimitMs = 120_000;

export type ApiClient = ReturnType<typeof createApiClient>;

/** The public API as typed calls; each answer is checked against the schema that the gateway answers by. */
export function createApiClient(callGateway: GatewayCaller) {
  async function call<T>(schema: z.ZodType<T>, request: Call): Promise<T> {
    return readAnswer(await callGateway(request), schema);
  }

  return {
    // A degraded gateway says so with 503 and the same body.
    status: () => call(systemStatus, { path: '/status', signedIn: false, alsoAnswers: [503] }),
    signInConfig: () => call(signInConfig, { path: '/auth/config', signedIn: false }),
    userInfo: () => call(userInfo, { path: '/auth/userinfo' }),
    sessions: (query: Query) => call(sessionList, { path: '/auth/sessions', query }),
    endSession: (id: string) => call(endedSession, { method: 'DELETE', path: `/auth/sessions/${part(id)}` }),

    ask: ({ body, idempotencyKey, signal }: Ask) =>
      call(requestView, {
        method: 'POST',
        path: '/requests',
        body,
        headers: { 'idempotency-key': idempotencyKey },
        signal,
      }),
    requests: (query: Query) => call(requestList, { path: '/requests', query }),
    request: (id: string, signal?: AbortSignal) =>
      call(requestView, { path: `/requests/${part(id)}`, signal }),
    /** The request each time it changes, until the gateway ends the stream. */
    async *requestEvents(id: string, signal: AbortSignal): AsyncGenerator<RequestView> {
      const answer = await callGateway({ path: `/requests/${part(id)}/events`, stream: true, signal });
      if (answer.body === null) return;
      for await (const { event, data } of serverEvents(answer.body)) {
        if (event === 'request') yield parseAnswer(jsonOrNothing(data), requestView);
      }
    },
    withdraw: (id: string) => call(requestView, { method: 'POST', path: `/requests/${part(id)}/withdraw` }),
    resolve: (id: string, body: z.infer<typeof resolveRequest>) =>
      call(requestView, { method: 'POST', path: `/requests/${part(id)}/resolve`, body }),

    approvals: (query: Query) => call(approvalList, { path: '/approvals', query }),
    approval: (id: string) => call(approvalView, { path: `/approvals/${part(id)}` }),
    decide: (id: string, body: Decision) =>
      call(approvalView, { method: 'POST', path: `/approvals/${part(id)}/decision`, body }),

    overrideClassification: (item: string, body: z.infer<typeof overrideClassification>) =>
      call(classificationOverride, { method: 'PUT', path: `/data/${part(item)}/classification`, body }),

    keys: () => call(keysView, { path: '/keys' }),
    tenants: () => call(tenantList, { path: '/tenants' }),
    tenantStatus: (id: string) => call(tenantStatusView, { path: `/tenants/${part(id)}/status` }),
    createTenant: (body: z.input<typeof newTenant>) =>
      call(tenantView, { method: 'POST', path: '/tenants', body }),
    changeTenant: (id: string, body: z.infer<typeof tenantChange>) =>
      call(tenantView, { method: 'PUT', path: `/tenants/${part(id)}`, body }),
    suspendTenant: (id: string, body: TenantReason) =>
      call(tenantView, { method: 'POST', path: `/tenants/${part(id)}/suspend`, body }),
    resumeTenant: (id: string, body: TenantReason) =>
      call(tenantView, { method: 'POST', path: `/tenants/${part(id)}/resume`, body }),
    deleteTenant: (id: string, body: TenantReason) =>
      call(tenantView, { method: 'DELETE', path: `/tenants/${part(id)}`, body }),
    restoreTenant: (id: string, body: TenantReason) =>
      call(tenantView, { method: 'POST', path: `/tenants/${part(id)}/restore`, body }),

    policies: (query: Query) => call(policyList, { path: '/policies', query }),
    policy: (id: string, version?: number) =>
      call(policyView, { path: `/policies/${part(id)}`, query: { version } }),
    policyVersions: (id: string) => call(policyVersions, { path: `/policies/${part(id)}/versions` }),
    diffPolicy: (id: string, query: { from: number; to: number }) =>
      call(policyDiff, { path: `/policies/${part(id)}/diff`, query }),
    createPolicy: (body: z.input<typeof newPolicy>) =>
      call(changedPolicy, { method: 'POST', path: '/policies', body, limitMs: impactLimitMs }),
    updatePolicy: (id: string, body: z.input<typeof policyUpdate>, ifMatch: string) =>
      call(changedPolicy, {
        method: 'PUT',
        path: `/policies/${part(id)}`,
        body,
        headers: { 'if-match': ifMatch },
        limitMs: impactLimitMs,
      }),
    deprecatePolicy: (id: string, body: z.input<typeof policyDeprecation>, ifMatch: string) =>
      call(changedPolicy, {
        method: 'DELETE',
        path: `/policies/${part(id)}`,
        body,
        headers: { 'if-match': ifMatch },
        limitMs: impactLimitMs,
      }),
    activatePolicy: (id: string, body: z.input<typeof policyActivation>, ifMatch: string) =>
      call(changedPolicy, {
        method: 'POST',
        path: `/policies/${part(id)}/activate`,
        body,
        headers: { 'if-match': ifMatch },
        limitMs: impactLimitMs,
      }),
    rollbackPolicy: (id: string, body: z.input<typeof policyRollback>, ifMatch: string) =>
      call(changedPolicy, {
        method: 'POST',
        path: `/policies/${part(id)}/rollback`,
        body,
        headers: { 'if-match': ifMatch },
        limitMs: impactLimitMs,
      }),
    policyImpact: (id: string, body: z.input<typeof impactQuestion>, days?: number) =>
      call(impactView, {
        method: 'POST',
        path: `/policies/${part(id)}/impact`,
        query: { days },
        body,
        limitMs: impactLimitMs,
      }),
    newPolicyImpact: (body: z.input<typeof newPolicy>) =>
      call(impactView, { method: 'POST', path: '/policies/impact', body, limitMs: impactLimitMs }),
    evaluatePolicy: (body: z.input<typeof evaluateQuestion>) =>
      call(policyEvaluation, { method: 'POST', path: '/policies/evaluate', body }),
    resolvePolicy: (query: Query) => call(resolvedPolicy, { path: '/policies/resolve', query }),
    policySettings: () => call(policySettings, { path: '/policies/settings' }),
    changePolicySettings: (body: z.input<typeof newPolicySettings>) =>
      call(policySettings, { method: 'PUT', path: '/policies/settings', body }),
    canary: (id: string) => call(canaryView, { path: `/policies/${part(id)}/canary` }),
    startCanary: (id: string, body: z.input<typeof newCanary>, ifMatch: string) =>
      call(changedPolicy, {
        method: 'POST',
        path: `/policies/${part(id)}/canary`,
        body,
        headers: { 'if-match': ifMatch },
        limitMs: impactLimitMs,
      }),
    endCanary: (id: string, body: z.input<typeof endOfCanary>, ifMatch: string) =>
      call(changedPolicy, {
        method: 'DELETE',
        path: `/policies/${part(id)}/canary`,
        body,
        headers: { 'if-match': ifMatch },
        limitMs: impactLimitMs,
      }),

    exportUserData: async (user: string): Promise<unknown> => {
      const answer = await callGateway({ path: `/user-data/${part(user)}/export`, stream: true });
      return answer.json();
    },
    eraseUserData: (user: string, body: z.infer<typeof withReason>) =>
      call(erasureView, { method: 'POST', path: `/user-data/${part(user)}/erase`, body }),
    erasure: (id: string) => call(erasureView, { path: `/erasures/${part(id)}` }),
    legalHolds: () => call(legalHoldList, { path: '/legal-holds' }),
    placeLegalHold: (body: z.infer<typeof newLegalHold>) =>
      call(legalHold, { method: 'POST', path: '/legal-holds', body }),
    releaseLegalHold: (id: string, body: z.infer<typeof withReason>) =>
      call(legalHold, { method: 'DELETE', path: `/legal-holds/${part(id)}`, body }),

    audit: (query: Query) => call(auditPage, { path: '/audit', query }),
    auditHeads: (query: Query) => call(auditHeads, { path: '/audit/heads', query }),
    auditKeys: () => call(auditKeys, { path: '/audit/keys' }),
    auditProof: (id: string) => call(auditProof, { path: `/audit/${part(id)}/proof` }),
    /** The file as the gateway writes it, still under way. */
    auditExport: (query: Query) =>
      callGateway({ path: '/audit/export', query, stream: true, headers: { accept: '*/*' } }),
  };
}

function part(id: string): string {
  return encodeURIComponent(id);
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
