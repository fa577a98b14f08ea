import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema, HTTPMethods } from 'fastify';
import { z } from 'zod';
import { errorBody } from '#domain/error.schema.ts';
import { CodedError, type ErrorCode, errorFacts } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { type Permission, reachOf } from '#domain/person/permission.ts';
import { badTextAt } from './bad-text.ts';
import type { LimitCalls } from './rate-limit/limit-calls.ts';
import { limitClassOf } from './rate-limit/limit-class.ts';
import { type Answer, type AnyRoute, isMedia, type ResponseSchemas } from './route.ts';
import type { AdmitTenant } from './tenant/admit-tenant.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller, once authenticated; `undefined` on public routes. */
    actor: Actor | undefined;
  }
  interface FastifyContextConfig {
    /** Fields of a form that the route accepts in place of JSON. */
    form?: readonly string[];
  }
  interface FastifySchema {
    /** Left out of the OpenAPI document. */
    hide?: boolean;
    summary?: string;
    security?: readonly Record<string, readonly string[]>[];
  }
}

/** Finds out who calls; throws one of the 401 and 403 codes, and never returns half an actor. */
export type AuthenticateRequest = (request: FastifyRequest, reply: FastifyReply) => Promise<Actor>;

interface AddRoutesOptions {
  routes: readonly AnyRoute[];
  authenticate: AuthenticateRequest;
  limitCalls: LimitCalls;
  admitTenant: AdmitTenant;
  /** Replaces `/api/v1`. */
  apiBasePath: string;
  /** Aborts when the gateway shuts down. */
  shutdown: AbortSignal;
  /** Tenant whose admins manage tenants; `undefined` = nobody does. */
  operatorTenant: string | undefined;
}

export const apiPrefix = '/api/v1';

const otherMethods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const mediaText = z.string();

/** Codes that any route may answer with; those of authentication only where it is required. */
const always: readonly ErrorCode[] = ['INVALID_REQUEST', 'INTERNAL'];
const withBody: readonly ErrorCode[] = ['INVALID_TEXT', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];
const withSignIn: readonly ErrorCode[] = [
  'missing_token',
  'invalid_token',
  'invalid_session',
  'session_not_found',
  'session_expired',
  'SESSION_CHANGED',
  'forbidden',
  'TENANT_UNKNOWN',
  'TENANT_MISMATCH',
  'DATABASE_UNAVAILABLE',
  'IDENTITY_PROVIDER_UNAVAILABLE',
];

/** Every code that a route may answer with. */
export function errorsOf(route: AnyRoute): readonly ErrorCode[] {
  return [
    ...new Set([
      ...always,
      ...(route.request.body === undefined ? [] : withBody),
      ...(route.auth === 'public' ? [] : withSignIn),
      ...(route.auth === 'public' || route.method === 'GET' ? [] : (['TENANT_SUSPENDED'] as const)),
      ...(limitClassOf(route) === 'none' ? [] : (['RATE_LIMITED'] as const)),
      ...route.errors,
    ]),
  ];
}

/** Registers every route, and 405 for the methods that a path doesn't accept. */
export function addRoutes(app: FastifyInstance, options: AddRoutesOptions): void {
  const methodsOf = new Map<string, Set<string>>();
  for (const route of options.routes) {
    const url = pathOf(route, options.apiBasePath);
    methodsOf.set(url, (methodsOf.get(url) ?? new Set()).add(route.method));
    app.route({
      method: route.method,
      url,
      schema: schemaOf(route),
      config: route.form === undefined ? {} : { form: route.form },
      onRequest: async (request, reply) => {
        const actor = route.auth === 'public' ? undefined : await options.authenticate(request, reply);
        // Checked first: a call that is refused anyway must not use up a budget that others share.
        if (actor !== undefined && route.auth !== 'public') admit(route.auth, actor, options.operatorTenant);
        await options.limitCalls({
          route,
          actor,
          remoteAddress: request.socket.remoteAddress ?? '',
          setHeader: (name, value) => void reply.header(name, value),
        });
        if (actor === undefined) return;
        const { originalUrl, headers } = request;
        await options.admitTenant({ route, actor, originalUrl, host: headers.host });
        request.actor = actor;
      },
      preValidation: async (request) => refuseBadText(request),
      handler: async (request, reply) => send(reply, await handle(route, request, reply, options.shutdown)),
    });
  }
  for (const [url, methods] of methodsOf) refuseOtherMethods(app, url, methods);
}

function pathOf(route: AnyRoute, apiBasePath: string): string {
  return route.path.startsWith(`${apiPrefix}/`)
    ? apiBasePath + route.path.slice(apiPrefix.length)
    : route.path;
}

function admit(needed: Permission, actor: Actor, operatorTenant: string | undefined): void {
  const reach = reachOf(needed, actor.role);
  const isOperator = operatorTenant !== undefined && actor.tenantId === operatorTenant;
  if (reach === 'none' || (reach === 'operator' && !isOperator)) throw new CodedError('forbidden');
}

function refuseBadText(request: FastifyRequest): void {
  const place = badTextAt(request.params) ?? badTextAt(request.query);
  if (place !== undefined) throw new CodedError('INVALID_TEXT', { detail: [{ field: place }] });
}

async function handle(
  route: AnyRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  shutdown: AbortSignal,
): Promise<Answer<ResponseSchemas>> {
  const { params, query, headers, body } = request;
  return route.handle({
    params,
    query,
    headers,
    body,
    actor: request.actor,
    cookies: request.cookies,
    rawHeaders: request.raw.headers,
    url: request.raw.url ?? '/',
    remoteAddress: request.socket.remoteAddress ?? '',
    callId: request.id,
    signal: AbortSignal.any([shutdown, goneSignal(reply)]),
  });
}

function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

function send(reply: FastifyReply, { status, body, headers = {} }: Answer<ResponseSchemas>): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

function schemaOf(route: AnyRoute): FastifySchema {
  const { params, query, headers, body } = route.request;
  return {
    summary: route.summary,
    security: securityOf(route),
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    response: { ...errorResponses(errorsOf(route)), ...responsesOf(route.response) },
  };
}

/** A token, or a session; what changes something by session names it beside. */
function securityOf({ auth, method }: AnyRoute): Record<string, readonly string[]>[] {
  if (auth === 'public') return [];
  return [{ bearer: [] }, method === 'GET' ? { session: [] } : { session: [], shown_session: [] }];
}

function errorResponses(codes: readonly ErrorCode[]): Record<number, unknown> {
  const byStatus = Map.groupBy(codes, (code) => errorFacts(code).http);
  const entries = [...byStatus].map(([status, group]) => [
    status,
    { description: group.join(', '), content: { 'application/json': { schema: errorBody } } },
  ]);
  return Object.fromEntries(entries);
}

function responsesOf(responses: ResponseSchemas): Record<number, unknown> {
  const entries = Object.entries(responses).map(([status, response]) => [
    status,
    isMedia(response)
      ? { description: response.contains, content: { [response.media]: { schema: mediaText } } }
      : response,
  ]);
  return Object.fromEntries(entries);
}

function refuseOtherMethods(app: FastifyInstance, url: string, taken: ReadonlySet<string>): void {
  const free = otherMethods.filter(
    (method) => !taken.has(method) && !(method === 'HEAD' && taken.has('GET')),
  );
  const allow = [...taken].join(', ');
  app.route({
    method: free,
    url,
    schema: { hide: true },
    onRequest: async (_request, reply) => {
      reply.header('allow', allow);
      throw new CodedError('METHOD_NOT_ALLOWED');
    },
    handler: async () => undefined,
  });
}
