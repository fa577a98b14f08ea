import { z } from 'zod';
import { said } from '#domain/call.ts';
import type { TokenSource } from './access-token.ts';
import { Failure } from './failure.ts';
import { gatewayFailure } from './gateway-failure.ts';
import { networkFailure } from './network-failure.ts';
import type { WebFetch } from './web-fetch.ts';

const answerTimeoutMs = 30_000;

export interface Sending {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query, from `/api/v1` on. */
  address: string;
  body?: unknown;
  headers?: Readonly<Record<string, string | undefined>> | undefined;
  /** Media type that is wanted; otherwise JSON, or any of a stream. */
  accept?: string | undefined;
  /** `false`: a public address, called without a token. */
  signedIn?: boolean | undefined;
  /** Statuses other than 2xx whose body is an answer all the same. */
  alsoAnswers?: readonly number[] | undefined;
  signal?: AbortSignal | undefined;
  /** How long to wait for the answer, in milliseconds; default 30 000. */
  limitMs?: number | undefined;
  /** An answer of unlimited length has no end to wait for: only its headers must come in time. */
  stream?: boolean;
}

interface GatewayCallerOptions {
  gatewayUrl: string;
  tokens: TokenSource;
  fetch: WebFetch;
}

export type GatewayCaller = ReturnType<typeof createGatewayCaller>;

/** One HTTP call to the public API. Anything that is not an answer becomes a `Failure` with words for people. */
export function createGatewayCaller({ gatewayUrl, tokens, fetch }: GatewayCallerOptions) {
  async function send(call: Sending, token: string | undefined): Promise<Response> {
    const url = new URL(gatewayUrl + call.address);
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort(new DOMException('no answer', 'TimeoutError')),
      call.limitMs ?? answerTimeoutMs,
    );
    try {
      const answer = await fetch(url.href, {
        method: call.method,
        headers: {
          accept: call.accept ?? (call.stream ? '*/*' : 'application/json'),
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...said(call.headers),
        },
        body: call.body === undefined ? null : JSON.stringify(call.body),
        // A redirect means a wrong address, and it must not carry the token elsewhere.
        redirect: 'manual',
        signal: call.signal === undefined ? limit.signal : AbortSignal.any([limit.signal, call.signal]),
      });
      if (call.stream && answer.ok) return answer;
      const bytes = await answer.arrayBuffer();
      return new Response(bytes.byteLength === 0 ? null : bytes, {
        status: answer.status,
        headers: answer.headers,
      });
    } catch (error) {
      if (call.signal?.aborted) throw error;
      throw networkFailure(error, {
        name: 'the gateway',
        address: gatewayUrl,
        check: 'Is it running there? On Kubernetes check the service and its Ingress or LoadBalancer.',
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** The answer; if the token was refused, after one more attempt with a renewed one. */
  async function answered(call: Sending): Promise<Response> {
    if (call.signedIn === false) return send(call, undefined);
    const token = await tokens.current();
    const answer = await send(call, token);
    if (answer.status !== 401) return answer;
    const other = await tokens.after(token);
    return other === undefined ? answer : send(call, other);
  }

  return async function callGateway(call: Sending): Promise<Response> {
    const answer = await answered(call);
    if (answer.ok || call.alsoAnswers?.includes(answer.status)) return answer;
    const [address = gatewayUrl] = `${gatewayUrl}${call.address}`.split('?');
    const location = answer.headers.get('location');
    if (location !== null && answer.status >= 300 && answer.status < 400) throw redirected(address, location);
    throw gatewayFailure({
      status: answer.status,
      body: await answer.json().catch(() => undefined),
      contentType: answer.headers.get('content-type'),
      retryAfter: answer.headers.get('retry-after'),
      address,
    });
  };
}

/** The body of an answer, checked by `schema`; the error for a wrong one names the place. */
export async function readAnswer<T>(answer: Response, schema: z.ZodType<T>): Promise<T> {
  const body: unknown = await answer.json().catch(() => undefined);
  return parseAnswer(body, schema);
}

export function parseAnswer<T>(body: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.join('.') || 'the body';
  throw new Failure(
    'failed',
    'response_invalid',
    `The gateway's answer is not what this openclaw understands: ${place}: ${issue?.message ?? 'unreadable'}.`,
    { hint: 'Compare `openclaw --version` with the version in `openclaw status --json`.' },
  );
}

function redirected(address: string, location: string): Failure {
  return new Failure('failed', 'redirected', `${address} redirects to ${location.slice(0, 200)}.`, {
    hint: 'gateway_url has to be the gateway itself: check http against https, its path, and a sign-in proxy before it.',
  });
}
