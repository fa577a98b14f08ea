import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { text as bodyText } from 'node:stream/consumers';
import { approvalDecision, approvalList, approvalView } from '#domain/approval/approval.schema.ts';
import { newRequest, requestList, requestView, resolveRequest } from '#domain/request/request.schema.ts';
import { contentSecurityPolicy } from '#gateway/http/security-policy.ts';
import type { ApprovalView, RequestView, UserInfo } from '#web/api/types.ts';
import { type Governance, governanceAnswer } from './recorded-governance.ts';

interface Call {
  method: string;
  path: string;
  idempotencyKey: string | undefined;
  ifMatch: string | undefined;
  body: unknown;
}

/** Answers to the page with what a test put on record, through the API's own schemas, and notes what was asked. */
export interface RecordedGateway extends Governance {
  url: string;
  /** Every POST, PUT and DELETE in order. */
  posts: Call[];
  /** Every GET of the API in order, with its query. */
  reads: string[];
  who: UserInfo | undefined;
  requests: RequestView[];
  approvals: ApprovalView[];
  /** Every one of them is refused with this, or those that end in `only`; `cut` ends the connection without an answer. */
  refusal:
    | { status: number; error: string; message: string; detail?: unknown; only?: string }
    | 'cut'
    | undefined;
  /** The provider's page that sign-out leads to. */
  endSessionUrl: string | null;
  /** Puts a request on record and sends it to whoever follows it. */
  change(view: RequestView): void;
  close(): Promise<void>;
}

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const policy = Object.entries(contentSecurityPolicy)
  .map(([name, sources]) =>
    [name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), ...sources].join(' '),
  )
  .join('; ');

/** Whose admins manage tenants. */
const operatorTenant = 'acme';

export async function startRecordedGateway(dist: string): Promise<RecordedGateway> {
  const followers = new Map<ServerResponse, string>();

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: 'INTERNAL', message: String(error) }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const gateway: RecordedGateway = {
    url: `http://127.0.0.1:${address.port}`,
    posts: [],
    reads: [],
    who: undefined,
    requests: [],
    approvals: [],
    policies: [],
    canaryUsers: [],
    policyChangeReview: 'off',
    auditPages: [[]],
    sealed: true,
    sessions: [],
    tenants: [],
    refusal: undefined,
    endSessionUrl: null,
    change(view) {
      const checked = requestView.parse(view);
      gateway.requests = [checked, ...gateway.requests.filter((one) => one.id !== checked.id)];
      for (const [follower, id] of followers) if (id === checked.id) send(follower, checked);
    },
    close() {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: asked } = new URL(request.url ?? '/', gateway.url);
    const pathname = asked.replace(/^\/t\/acme(?=\/)/, '');
    response.setHeader('content-security-policy', policy);
    if (pathname.startsWith('/api/') || pathname === '/auth/logout') return api(request, response, pathname);
    const file = pathname === '/' ? '/index.html' : pathname;
    response.setHeader('content-type', mediaTypes[path.extname(file)] ?? 'application/octet-stream');
    response.end(await readFile(path.join(dist, path.normalize(file))));
  }

  async function api(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
    const json = (status: number, body: unknown) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const [, id = '', verb] = /^\/api\/v1\/\w+\/([^/]+)(?:\/(\w+))?$/.exec(pathname) ?? [];
    if (request.method === 'GET') gateway.reads.push(request.url ?? '');
    const method = request.method ?? 'GET';
    const isPost = method === 'POST';
    const sent = method !== 'GET' ? await bodyText(request) : '';
    const body: unknown = sent === '' ? undefined : JSON.parse(sent);
    if (method !== 'GET') {
      const key = request.headers['idempotency-key'];
      const ifMatch = request.headers['if-match'];
      gateway.posts.push({ method, path: pathname, idempotencyKey: key?.toString(), ifMatch, body });
      const { refusal } = gateway;
      if (refusal === 'cut') return void request.socket.destroy();
      if (refusal && pathname.endsWith(refusal.only ?? '')) {
        const { status, only: _, ...words } = refusal;
        return json(status, words);
      }
    }
    if (gateway.who === undefined)
      return json(401, { error: 'no_session', message: 'You are not signed in.' });

    const requestNamed = gateway.requests.find((one) => one.id === id);
    const approvalNamed = gateway.approvals.find((one) => one.id === id);
    if (pathname === '/auth/logout') {
      gateway.who = undefined;
      return json(200, { signedOut: true, endSessionUrl: gateway.endSessionUrl });
    }
    if (pathname === '/api/v1/auth/userinfo') return json(200, gateway.who);
    if (pathname === '/api/v1/requests' && isPost) {
      newRequest.parse(body);
      return json(202, gateway.requests[0]);
    }
    if (pathname === '/api/v1/requests')
      return json(200, requestList.parse({ requests: gateway.requests, next: null }));
    if (pathname === '/api/v1/approvals')
      return json(200, approvalList.parse({ approvals: gateway.approvals.filter(inState(request)) }));
    if (approvalNamed && verb === undefined) return json(200, approvalNamed);
    if (approvalNamed && verb === 'decision' && isPost) {
      const { decision, digest, reason } = approvalDecision.parse(body);
      if (digest !== approvalNamed.digest) throw new Error('another digest');
      const decided = approvalView.parse({
        ...approvalNamed,
        state: decision === 'approve' ? 'approved' : 'rejected',
        may_decide: false,
        decided_at: '2026-01-11T12:00:00.000Z',
        decided_by: { user_id: gateway.who.userId, email: gateway.who.email },
        decision_reason: reason ?? null,
      });
      gateway.approvals = gateway.approvals.map((one) => (one.id === id ? decided : one));
      return json(200, decided);
    }
    if (requestNamed && verb === undefined) return json(200, requestNamed);
    if (requestNamed && verb === 'events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      followers.set(response, id);
      request.on('close', () => followers.delete(response));
      return send(response, requestNamed);
    }
    if (requestNamed && verb === 'withdraw' && isPost) {
      gateway.change({ ...requestNamed, state: 'withdrawn', updated_at: new Date().toISOString() });
      return json(200, gateway.requests[0]);
    }
    if (requestNamed && verb === 'resolve' && isPost) {
      resolveRequest.parse(body);
      gateway.change({
        ...requestNamed,
        state: 'answered',
        actions: [],
        updated_at: new Date().toISOString(),
      });
      return json(200, gateway.requests[0]);
    }
    const { searchParams: query } = new URL(request.url ?? '/', gateway.url);
    if (pathname.startsWith('/api/v1/tenants') && gateway.who.tenantId !== operatorTenant)
      return json(403, { error: 'forbidden', message: 'Your role does not allow this.' });
    const governed = governanceAnswer(gateway, { method, path: pathname, query, body });
    if (governed?.etag !== undefined) response.setHeader('etag', governed.etag);
    if (governed) return json(governed.status, governed.body);
    return json(404, { error: 'NOT_FOUND', message: 'There is no such thing.' });
  }

  return gateway;
}

function send(follower: ServerResponse, view: RequestView): void {
  follower.write(`event: request\ndata: ${JSON.stringify(view)}\n\n`);
}

function inState(request: IncomingMessage): (approval: ApprovalView) => boolean {
  const state = new URL(request.url ?? '/', 'http://gateway.test').searchParams.get('state');
  return (approval) => state === null || approval.state === state;
}
