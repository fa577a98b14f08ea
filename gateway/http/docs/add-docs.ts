import type { FastifyInstance } from 'fastify';
import { renderPage } from './render-page.ts';
import { docsStyle } from './style.ts';

/** Serves the OpenAPI document, and a page of it for people; nothing is loaded from elsewhere. */
export function addDocs(app: FastifyInstance, { apiBasePath }: { apiBasePath: string }): void {
  const hidden = { schema: { hide: true } };
  app.get(`${apiBasePath}/openapi.json`, hidden, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger())),
  );
  app.get('/docs', hidden, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(renderPage(app.swagger(), `${apiBasePath}/openapi.json`)),
  );
  app.get('/docs/style.css', hidden, async (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'no-cache').send(docsStyle),
  );
}
