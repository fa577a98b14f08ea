import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { auditKeys } from '#domain/audit.ts';
import { isErrorCode } from '#domain/error.ts';
import { roles } from '#domain/role.ts';
import type { AnyRoute } from '#gateway/routes/route.ts';
import { openTestGateway, people, type TestGateway } from './test-gateway.ts';

describe('the list of routes', () => {
  let gateway: TestGateway;
  let routes: readonly AnyRoute[];

  beforeAll(async () => {
    gateway = await openTestGateway({
      CODEC_PATH: '/codec/abcdefghijklmnopqrstuvwxyz',
      CODEC_ORIGIN: 'http://127.0.0.1:8233',
    });
    routes = gateway.gateway.routes;
  });
  afterAll(() => gateway?.close());

  const nameOf = ({ method, path }: AnyRoute) => `${method} ${path}`;

  it('holds what the documents promise', () => {
    expect(routes.map(nameOf)).toEqual(
      expect.arrayContaining([
        'POST /api/v1/requests',
        'GET /api/v1/requests',
        'GET /api/v1/requests/:id',
        'GET /api/v1/requests/:id/events',
        'POST /api/v1/requests/:id/withdraw',
        'POST /api/v1/requests/:id/resolve',
        'GET /api/v1/approvals',
        'GET /api/v1/approvals/:id',
        'POST /api/v1/approvals/:id/decision',
        'GET /api/v1/audit',
        'GET /api/v1/audit/:id',
        'GET /api/v1/status',
        'GET /api/v1/auth/userinfo',
        'GET /api/v1/auth/config',
        'GET /auth/login',
        'GET /auth/callback',
        'POST /auth/logout',
        'GET /healthz',
        'GET /readyz',
        'GET /health',
        'GET /ready',
        'GET /metrics',
        'POST /codec/abcdefghijklmnopqrstuvwxyz/decode',
      ]),
    );
  });

  it('names each route once', () => {
    expect(new Set(routes.map(nameOf)).size).toBe(routes.length);
  });

  it('says of every route who may call it, what it audits and how it fails', () => {
    for (const route of routes) {
      const name = nameOf(route);
      expect(['public', ...roles], name).toContain(route.auth);
      if (typeof route.audit === 'string') expect(auditKeys(), name).toContain(route.audit);
      else expect(route.audit.none.length, name).toBeGreaterThan(8);
      expect(
        route.errors.filter((code) => !isErrorCode(code)),
        name,
      ).toEqual([]);
      expect(route.summary.length, name).toBeGreaterThan(5);
      expect(Object.keys(route.response).length, name).toBeGreaterThan(0);
    }
  });

  it('asks for a body and parameters strictly, so that a misspelt field is an error', () => {
    const loose = routes.flatMap((route) =>
      [route.request.params, route.request.body]
        .filter((schema) => schema !== undefined && !route.path.startsWith('/codec/'))
        .filter(
          (schema) =>
            JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).includes(
              '"additionalProperties":false',
            ) === false,
        )
        .map(() => nameOf(route)),
    );
    expect(loose).toEqual([]);
  });

  it('lets nobody in without a token where a role is asked for', async () => {
    for (const route of routes.filter(({ auth }) => auth !== 'public')) {
      const url = route.path.replace(':id', 'req_00000000000000000000000000');
      const method = route.method === 'OPTIONS' ? 'GET' : route.method;
      const answer = await gateway.app.inject({ method, url });
      expect(answer.statusCode, nameOf(route)).toBe(401);
      expect(answer.json().error, nameOf(route)).toBe('missing_token');
    }
  });

  it('refuses a person whose groups give no role, with 403', async () => {
    const answer = await gateway.as({ ...people.user, groups: ['gardeners'] }, { url: '/api/v1/requests' });
    expect(answer.statusCode).toBe(403);
    expect(answer.json().error).toBe('forbidden');
  });

  it('is told as an OpenAPI 3.1 document with every path, its errors and named shapes', async () => {
    const document = (await gateway.app.inject({ url: '/api/v1/openapi.json' })).json();
    expect(document.openapi).toBe('3.1.0');
    const told = routes.filter(({ method }) => method !== 'OPTIONS');
    for (const { path, method } of told) {
      const openPath = path.replace(':id', '{id}');
      expect(document.paths[openPath]?.[method.toLowerCase()], `${method} ${path}`).toBeDefined();
    }
    const post = document.paths['/api/v1/requests'].post;
    expect(post.responses['409'].description).toContain('IDEMPOTENCY_KEY_REUSED');
    expect(JSON.stringify(post.responses['202'])).toContain('#/components/schemas/Request"');
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Request', 'Approval', 'AuditEntry', 'SystemStatus', 'Error', 'NewRequest']),
    );
  });

  it('is told to people on a page that the content security policy lets be', async () => {
    const page = await gateway.app.inject({ url: '/docs' });
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.body).toContain('/api/v1/approvals/{id}/decision');
    expect(page.body).not.toMatch(/<script|<style|style=|onclick|https?:\/\//);
    expect((await gateway.app.inject({ url: '/docs/style.css' })).headers['content-type']).toContain(
      'text/css',
    );
  });
});
