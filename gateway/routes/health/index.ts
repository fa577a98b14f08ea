import { z } from 'zod';
import type { Stores } from '#stores/open-stores.ts';
import { defineRoute } from '../../http/route.ts';

const alive = z.object({ status: z.literal('ok') }).meta({ id: 'Alive' });

const ok = { status: 200, body: { status: 'ok' } } as const;

const audit = { none: 'says nothing of any person or tenant' };

/** The process runs. */
function getHealth(path: string) {
  return defineRoute({
    method: 'GET',
    path,
    summary: 'The gateway runs',
    auth: 'public',
    audit,
    request: {},
    response: { 200: alive },
    errors: [],
    handle: async () => ok,
  });
}

/** Ready for work: its databases answer. Temporal may be away; requests are accepted all the same. */
function getReadiness(path: string, { ping }: Pick<Stores, 'ping'>) {
  return defineRoute({
    method: 'GET',
    path,
    summary: 'The gateway can take requests',
    auth: 'public',
    audit,
    request: {},
    response: { 200: alive },
    errors: ['DATABASE_UNAVAILABLE'],
    async handle() {
      await ping();
      return ok;
    },
  });
}

/** Both spellings in the documents (spec/enterprise.md §1.2). */
export function healthRoutes({ stores }: { stores: Pick<Stores, 'ping'> }) {
  return [
    getHealth('/healthz'),
    getHealth('/health'),
    getReadiness('/readyz', stores),
    getReadiness('/ready', stores),
  ];
}
