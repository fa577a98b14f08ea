import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { addressOf, type Call, type ParamNames } from '#domain/call.ts';
import type { Certificate } from '../support/certificates.ts';
import {
  endServer,
  listenOnLoopback,
  type Recorded,
  readCall,
  type SeenCall,
  sendRecorded,
} from '../support/recorded-gateway.ts';

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
    const call = await readCall(request);
    const key = `${call.method} ${call.path.slice(prefix.length)}`;
    const earlier = calls.filter((seen) => seen.method === call.method && seen.path === call.path).length;
    calls.push(call);
    const reply = call.path.startsWith(`${prefix}/`) ? replies[key] : undefined;
    const recorded = typeof reply === 'function' ? reply(call, earlier) : reply;
    sendRecorded(
      response,
      recorded ?? { status: 404, body: { error: 'NOT_FOUND', message: `no recording of ${key}` } },
    );
  }

  const address = await listenOnLoopback(server, port);
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${address}${prefix}`,
    calls,
    close: () => endServer(server),
  };
}
