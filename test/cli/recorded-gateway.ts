import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { addressOf, type Call, type ParamNames } from '#domain/call.ts';
import type { Certificate } from '../support/certificates.ts';

/** One call as it reached the gateway. */
export interface SeenCall {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage['headers'];
  body: unknown;
}

/** What the gateway answers: JSON, raw text, or an event stream in given chunks. */
export interface Recorded {
  status?: number;
  body?: unknown;
  raw?: { type: string; text: string };
  chunks?: readonly string[];
  /** After the chunks: `end` the stream, `cut` the connection, or leave it `open`. */
  ending?: 'end' | 'cut' | 'open';
  headers?: Record<string, string>;
}

type Reply = Recorded | ((call: SeenCall, earlier: number) => Recorded);

/** Which call of the API a recorded answer is for. */
export function on<Which extends Call>(
  call: Which,
  ...[params]: [ParamNames<Which['path']>] extends [never]
    ? []
    : [params: Record<ParamNames<Which['path']>, string>]
): string {
  return `${call.method} ${addressOf(call, { params })}`;
}

interface ServerOptions {
  /** Speaks https: with it. */
  tls?: Certificate;
  port?: number;
}

/** A real HTTP server on loopback that gives recorded answers, each for the call that `on` names. */
export async function startRecordedGateway(
  replies: Readonly<Record<string, Reply>>,
  prefix = '',
  { tls, port = 0 }: ServerOptions = {},
) {
  const calls: SeenCall[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    void answer(request, response);
  };
  const server = tls ? createHttpsServer(tls, listener) : createServer(listener);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://gateway');
    const sent = await text(request);
    const call: SeenCall = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: sent === '' ? undefined : JSON.parse(sent),
    };
    const key = `${call.method} ${url.pathname.slice(prefix.length)}`;
    const earlier = calls.filter((seen) => seen.method === call.method && seen.path === call.path).length;
    calls.push(call);
    const reply = url.pathname.startsWith(`${prefix}/`) ? replies[key] : undefined;
    const recorded = typeof reply === 'function' ? reply(call, earlier) : reply;
    send(
      response,
      recorded ?? { status: 404, body: { error: 'NOT_FOUND', message: `no recording of ${key}` } },
    );
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the recorded gateway has no port');
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${address.port}${prefix}`,
    calls,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, recorded: Recorded): void {
  const { status = 200, headers = {}, chunks, raw, body } = recorded;
  if (chunks) {
    response.writeHead(status, { 'content-type': 'text/event-stream', ...headers });
    for (const chunk of chunks) response.write(chunk);
    if (recorded.ending === 'cut') setImmediate(() => response.destroy());
    else if (recorded.ending !== 'open') response.end();
    return;
  }
  if (recorded.ending === 'cut') {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': raw?.type ?? 'application/json; charset=utf-8', ...headers });
  response.end(raw?.text ?? (body === undefined ? '' : JSON.stringify(body)));
}

/** One event of a request's stream, as the gateway writes it. */
export function requestEvent(view: unknown): string {
  return `event: request\ndata: ${JSON.stringify(view)}\n\n`;
}
