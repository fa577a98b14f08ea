import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { messageOf } from '../message-of.ts';
import { readBody } from '../read-body.ts';
import type { FaultProxy } from './fault-proxy.ts';
import { type FaultTable, faultRequest } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { Pauses } from './pauses.ts';

/** Where the admin API lives on the stand-in's own port; no provider has such a path. */
export const adminPath = '/_stand-in';

const releaseRequest = z.strictObject({ goes_on: z.boolean() });

interface AdminApiOptions {
  /** What the stand-in says of itself. */
  about: Readonly<Record<string, string>>;
  faults: FaultTable;
  pauses: Pauses;
  ledger: Ledger;
  proxy: FaultProxy;
}

type Reply = { status: number; body: unknown };

/** Faults, paused calls and the ledger over HTTP, so that a test can control a stand-in in another process. */
export function createAdminApi({ about, faults, pauses, ledger, proxy }: AdminApiOptions) {
  const routes: Record<string, (body: unknown, id: string) => Reply> = {
    'GET /': () => ok(about),
    'GET /ledger': () => ok(ledger.entries()),
    'GET /arrivals': () => ok(proxy.arrivals()),
    'GET /faults': () => ok(faults.list()),
    'POST /faults': (body) => ({ status: 201, body: faults.set(faultRequest.parse(body)) }),
    'DELETE /faults': () => {
      faults.clear();
      return ok({});
    },
    'GET /pauses': () => ok(pauses.list()),
    'POST /pauses/:id/release': (body, id) =>
      ok({ released: pauses.release(id, releaseRequest.parse(body).goes_on) }),
  };
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/' } = request;
    const path = url.slice(adminPath.length) || '/';
    const id = /^\/pauses\/([^/]+)\/release$/.exec(path)?.[1];
    const route = routes[`${method} ${id === undefined ? path : '/pauses/:id/release'}`];
    const { status, body } = answerOf(route, await readBody(request), id ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
}

function answerOf(route: ((body: unknown, id: string) => Reply) | undefined, body = '', id: string): Reply {
  if (route === undefined) return { status: 404, body: { message: 'no such admin route' } };
  try {
    return route(body === '' ? undefined : JSON.parse(body), id);
  } catch (error) {
    return { status: 400, body: { message: messageOf(error) } };
  }
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}
