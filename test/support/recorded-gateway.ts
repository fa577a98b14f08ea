import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AnswerOf, Call, ParamNames } from '#domain/call.ts';

/** One call as it reached a recorded gateway. */
export interface SeenCall {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** What the API says no with. */
interface Refusal {
  error: string;
  message: string;
  detail?: unknown;
}

/** What is answered: JSON, raw text, or an event stream in given chunks. */
export interface Recorded<Answer = unknown> {
  status?: number;
  body?: Answer | Refusal;
  raw?: { type: string; text: string };
  chunks?: readonly string[];
  /** After the chunks: `end` the stream, `cut` the connection, or leave it `open`. */
  ending?: 'end' | 'cut' | 'open';
  /** What comes after the chunks of a stream that stays open; what it returns is called when the reader has gone. */
  follow?: (write: (chunk: string) => void) => () => void;
  headers?: Record<string, string>;
}

type ParamsOf<Which extends Call> = Readonly<Record<ParamNames<Which['path']>, string>>;

/** One call as its own answer sees it. */
type Received<Params> = SeenCall & { params: Params };

/** `undefined` is for what there is no answer to. */
type ReplyTo<Which extends Call> = (
  received: Received<ParamsOf<Which>>,
) => Recorded<AnswerOf<Which>> | undefined;

/** A call with what is on record for it. */
export interface Recording {
  call: Call;
  reply(received: Received<Record<string, string>>): Recorded | undefined;
}

/** Puts an answer on record, in the types of its call. */
export function answers<const Which extends Call>(call: Which, reply: ReplyTo<Which>): Recording {
  return { call, reply };
}

/**
 * What is on record for a call; `undefined` where nothing is. A word in a path wins over a parameter, as it does in the
 * gateway.
 */
export function replyTo(recordings: readonly Recording[], seen: SeenCall): Recorded | undefined {
  const found = recordings.flatMap((recording) => {
    const params =
      seen.method === recording.call.method ? paramsIn(recording.call.path, seen.path) : undefined;
    return params === undefined ? [] : [{ recording, params }];
  });
  const [first] = found.sort((one, other) => countOf(one.params) - countOf(other.params));
  return first?.recording.reply({ ...seen, params: first.params });
}

function countOf(params: Record<string, string>): number {
  return Object.keys(params).length;
}

/** Parameters of a path by its pattern; `undefined` where it is another path. */
function paramsIn(pattern: string, path: string): Record<string, string> | undefined {
  const parts = path.split('/');
  const wanted = pattern.split('/');
  if (parts.length !== wanted.length) return undefined;
  const params: Record<string, string> = {};
  for (const [n, part] of parts.entries()) {
    const name = /^:(.+)$/.exec(wanted[n] ?? '')?.[1];
    if (name === undefined ? part !== wanted[n] : part === '') return undefined;
    if (name !== undefined) params[name] = decodeURIComponent(part);
  }
  return params;
}

/** Reads a call to its end. */
export async function readCall(request: IncomingMessage): Promise<SeenCall> {
  const url = new URL(request.url ?? '/', 'http://gateway.test');
  const sent = await text(request);
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    body: sent === '' ? undefined : JSON.parse(sent),
  };
}

export function sendRecorded(response: ServerResponse, recorded: Recorded): void {
  const { status = 200, headers = {}, chunks, raw, body, ending, follow } = recorded;
  if (chunks) {
    response.writeHead(status, { 'content-type': 'text/event-stream', ...headers });
    for (const chunk of chunks) response.write(chunk);
    if (follow)
      response.on(
        'close',
        follow((chunk) => response.write(chunk)),
      );
    else if (ending === 'cut') setImmediate(() => response.destroy());
    else if (ending !== 'open') response.end();
    return;
  }
  if (ending === 'cut') {
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

/** Lets a server listen on loopback; answers its port. */
export async function listenOnLoopback(server: Server, port = 0): Promise<number> {
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the recorded gateway has no port');
  return address.port;
}

/** Ends a server with every connection that it holds. */
export function endServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((ended) => void server.close(() => ended()));
}
