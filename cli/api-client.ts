import type { z } from 'zod';
import { type approvalDecision, approvalList, approvalView } from '#domain/approval.schema.ts';
import { auditPage } from '#domain/audit.schema.ts';
import { type newRequest, requestList, requestView, type resolveRequest } from '#domain/request.schema.ts';
import { signInConfig, userInfo } from '#domain/session.schema.ts';
import { systemStatus } from '#domain/status.schema.ts';
import { type Call, type GatewayCaller, parseAnswer, readAnswer } from './call-gateway.ts';
import { serverEvents } from './event-stream.ts';

export type RequestView = z.infer<typeof requestView>;
export type RequestAction = RequestView['actions'][number];
export type RequestList = z.infer<typeof requestList>;
export type ApprovalView = z.infer<typeof approvalView>;
export type AuditPage = z.infer<typeof auditPage>;
export type SystemStatus = z.infer<typeof systemStatus>;
export type UserInfo = z.infer<typeof userInfo>;

type Decision = z.infer<typeof approvalDecision>;
type Query = Readonly<Record<string, string | number | undefined>>;

interface Ask {
  body: z.infer<typeof newRequest>;
  idempotencyKey: string;
  signal?: AbortSignal | undefined;
}

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

    audit: (query: Query) => call(auditPage, { path: '/audit', query }),
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
