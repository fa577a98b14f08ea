import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answers } from '#cli/answers.ts';
import { auditKeys } from '#domain/audit/audit.ts';
import type { Call } from '#domain/call.ts';
import { isErrorCode } from '#domain/error.ts';
import { isPermission } from '#domain/person/permission.ts';
import type { AnyRoute } from '#gateway/http/route.ts';
import { openTestGateway, people, type TestGateway } from '../../support/test-gateway.ts';

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

  it('holds every call of domain/<noun>/calls.ts once, by its own method and path', async () => {
    const files = globSync('domain/*/calls.ts');
    expect(files.length).toBeGreaterThan(7);
    const modules = await Promise.all(
      files.map((file): Promise<Record<string, Call>> => import(/* @vite-ignore */ `../../../${file}`)),
    );
    const calls = modules.flatMap((module) => Object.values(module));
    expect(calls.length).toBeGreaterThan(50);
    const named = calls.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(named).size).toBe(named.length);
    expect(named.filter((call) => !routes.map(nameOf).includes(call))).toEqual([]);
  });

  it('has a call for every route of the API that answers JSON to whoever is signed in', () => {
    const files = globSync('domain/*/calls.ts');
    const texts = files.map((file) => readFileSync(file, 'utf8'));
    const without = routes
      .filter(({ path, auth }) => path.startsWith('/api/v1/') && auth !== 'public')
      .filter(({ path }) => !texts.some((text) => text.includes(`'${path}'`)));
    expect(without.map(nameOf)).toEqual([]);
  });

  it('answers each call of the command line by the very schema that it checks the answer by', () => {
    const checked = answers.map(({ call, schema }) => {
      const route = routes.find(({ method, path }) => method === call.method && path === call.path);
      return {
        call: `${call.method} ${call.path}`,
        same: Object.values(route?.response ?? {}).includes(schema),
      };
    });
    expect(checked.length).toBeGreaterThan(40);
    expect(checked.filter(({ same }) => !same)).toEqual([]);
  });

  it('names each route once', () => {
    expect(new Set(routes.map(nameOf)).size).toBe(routes.length);
  });

  it('says of every route who may call it, what it audits and how it fails', () => {
    const incomplete = routes.filter(({ auth, audit, errors, summary, response }) => {
      const audited = typeof audit === 'string' ? auditKeys().includes(audit) : audit.none.length > 8;
      const failsKnown = errors.every((code) => isErrorCode(code));
      const told = summary.length > 5 && Object.keys(response).length > 0;
      return !((auth === 'public' || isPermission(auth)) && audited && failsKnown && told);
    });
    expect(incomplete.map(nameOf)).toEqual([]);
  });

  it('asks for a body and parameters strictly, so that a misspelt field is an error', () => {
    const isStrict = (schema: z.ZodType) =>
      JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).includes(
        '"additionalProperties":false',
      );
    // Temporal decides what its codec calls look like.
    const ours = routes.filter(({ path }) => !path.startsWith('/codec/'));
    const loose = ours.filter(({ request: { params, body } }) =>
      [params, body].some((schema) => schema !== undefined && !isStrict(schema)),
    );
    expect(loose.map(nameOf)).toEqual([]);
  });

  it('lets nobody in without a token where a role is asked for', async () => {
    const closed = routes.filter(({ auth }) => auth !== 'public');
    expect(closed.length).toBeGreaterThan(10);
    const answers = await Promise.all(
      closed.map(({ method, path }) =>
        gateway.app.inject({ method, url: path.replace(':id', 'req_00000000000000000000000000') }),
      ),
    );
    expect(answers.map(({ statusCode, json }) => [statusCode, json().error])).toEqual(
      closed.map(() => [401, 'missing_token']),
    );
  });

  it('refuses a person whose groups give no role, with 403', async () => {
    const answer = await gateway.as({ ...people.user, groups: ['gardeners'] }, { url: '/api/v1/requests' });
    expect(answer.statusCode).toBe(403);
    expect(answer.json().error).toBe('forbidden');
  });

  it('is told as an OpenAPI 3.1 document with every path, its errors and named shapes', async () => {
    const document = (await gateway.app.inject({ url: '/api/v1/openapi.json' })).json();
    expect(document.openapi).toBe('3.1.0');
    const untold = routes.filter(
      ({ path, method }) =>
        document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()] === undefined,
    );
    expect(untold.map(nameOf)).toEqual([]);
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
