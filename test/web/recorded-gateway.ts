import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { errorFacts } from '#domain/error.ts';
import { postLogout } from '#domain/person/calls.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import { contentSecurityPolicy } from '#gateway/http/security-policy.ts';
import { namesSession } from '#gateway/identity/session/same-session.ts';
import {
  endServer,
  listenOnLoopback,
  type Recorded,
  readCall,
  replyTo,
  type SeenCall,
  sendRecorded,
} from '../support/recorded-gateway.ts';
import { approvalAnswers } from './answers/approval.ts';
import { auditAnswers } from './answers/audit.ts';
import { emptyRecord, type OnRecord } from './answers/on-record.ts';
import { personAnswers } from './answers/person.ts';
import { policyAnswers } from './answers/policy.ts';
import { changeRequest, requestAnswers } from './answers/request.ts';
import { statusAnswers } from './answers/status.ts';
import { tenantAnswers } from './answers/tenant.ts';

interface Post {
  method: string;
  path: string;
  idempotencyKey: string | undefined;
  ifMatch: string | undefined;
  body: unknown;
}

/** Answers to the page with what a test put on record, through the API's own schemas, and notes what was asked. */
export interface RecordedGateway extends OnRecord {
  url: string;
  /** Every POST, PUT and DELETE in order. */
  posts: Post[];
  /** Every GET of the API in order, with its query. */
  reads: string[];
  /** Every one of them is refused with this, or those that end in `only`; `cut` ends the connection without an answer. */
  refusal:
    | { status: number; error: string; message: string; detail?: unknown; only?: string }
    | 'cut'
    | undefined;
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

export async function startRecordedGateway(dist: string): Promise<RecordedGateway> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) =>
      sendRecorded(response, { status: 500, body: { error: 'INTERNAL', message: String(error) } }),
    );
  });
  const port = await listenOnLoopback(server);

  const gateway: RecordedGateway = {
    ...emptyRecord(),
    url: `http://127.0.0.1:${port}`,
    posts: [],
    reads: [],
    refusal: undefined,
    change: (view) => void changeRequest(gateway, view),
    close: () => endServer(server),
  };
  const recordings = [
    ...personAnswers(gateway),
    ...requestAnswers(gateway),
    ...approvalAnswers(gateway),
    ...policyAnswers(gateway),
    ...auditAnswers(gateway),
    ...tenantAnswers(gateway),
    ...statusAnswers(gateway),
  ];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = await readCall(request);
    const pathname = seen.path.replace(/^\/t\/acme(?=\/)/, '');
    response.setHeader('content-security-policy', policy);
    if (pathname.startsWith('/api/') || pathname === postLogout.path) {
      if (seen.method === 'GET') gateway.reads.push(request.url ?? '');
      return sendRecorded(response, answerTo({ ...seen, path: pathname }));
    }
    const file = pathname === '/' ? '/index.html' : pathname;
    response.setHeader('content-type', mediaTypes[path.extname(file)] ?? 'application/octet-stream');
    response.end(await readFile(path.join(dist, path.normalize(file))));
  }

  function answerTo(seen: SeenCall): Recorded {
    if (seen.method !== 'GET') {
      gateway.posts.push(asPost(seen));
      const { refusal } = gateway;
      if (refusal === 'cut') return { ending: 'cut' };
      if (refusal && seen.path.endsWith(refusal.only ?? '')) {
        const { status, only: _, ...words } = refusal;
        return { status, body: words };
      }
    }
    if (gateway.who?.sessionId !== undefined && !namesSession(seen, gateway.who.sessionId)) {
      return { status: 409, body: { error: 'SESSION_CHANGED', message: errorFacts('SESSION_CHANGED').text } };
    }
    if (gateway.who === undefined) {
      return { status: 401, body: { error: 'no_session', message: 'You are not signed in.' } };
    }
    return (
      replyTo(recordings, seen) ?? {
        status: 404,
        body: { error: 'NOT_FOUND', message: 'There is no such thing.' },
      }
    );
  }

  return gateway;
}

function asPost({ method, path: asked, headers, body }: SeenCall): Post {
  const key = headers['idempotency-key'];
  return { method, path: asked, idempotencyKey: key?.toString(), ifMatch: headers['if-match'], body };
}
