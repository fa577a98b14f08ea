import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const hour = 3_600_000;

/** Serves the built web page at `/`; its hashed assets may be cached, the page itself is fetched each time. */
export async function addPage(app: FastifyInstance, pageDir: string): Promise<void> {
  if (!existsSync(pageDir)) {
    app.log.warn({ pageDir }, 'the web page is not built: run `npm run build:web`');
    return;
  }
  await app.register(fastifyStatic, {
    root: pageDir,
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const hashed = path.includes('/assets/');
      reply.header('cache-control', hashed ? `public, max-age=${hour / 1_000}, immutable` : 'no-cache');
    },
  });
}
