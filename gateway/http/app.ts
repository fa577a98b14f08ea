import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { CodedError } from '#domain/error.ts';
import { sessionHeader } from '#domain/person/session-header.ts';
import { addPage } from './add-page.ts';
import { type AuthenticateRequest, addRoutes } from './add-routes.ts';
import { answerBrokenHttp } from './answers/broken-http.ts';
import { errorAnswer } from './answers/error-answer.ts';
import { refuseOddBodies } from './body-headers.ts';
import { callIdOf } from './call-id.ts';
import { ownCookies } from './cookies.ts';
import { addDocs } from './docs/add-docs.ts';
import { acceptForms, acceptJsonOnly } from './json-body.ts';
import type { Metrics } from './metrics.ts';
import type { LimitCalls } from './rate-limit/limit-calls.ts';
import type { AnyRoute } from './route.ts';
import { contentSecurityPolicy } from './security-policy.ts';
import type { AdmitTenant } from './tenant/admit-tenant.ts';
import { withoutTenant } from './tenant/tenant-path.ts';

export interface AppOptions {
  routes: readonly AnyRoute[];
  authenticate: AuthenticateRequest;
  limitCalls: LimitCalls;
  admitTenant: AdmitTenant;
  log: FastifyBaseLogger;
  metrics: Metrics;
  apiBasePath: string;
  bodyLimitBytes: number;
  /** The address at which people reach the gateway; `https` turns HSTS on. */
  publicUrl: string;
  version: string;
  /** Folder with the built web page; without it, `/` has no page. */
  pageDir: string;
  /** Aborts when the gateway shuts down: streams end. */
  shutdown: AbortSignal;
  /** Tenant whose admins manage tenants. */
  operatorTenant: string | undefined;
  /** Do paths begin with `/t/<tenant>`? */
  tenantPaths: boolean;
}

const headerBytesMax = 16_384;

/** The HTTP server over a list of routes; it knows no business noun. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { log, metrics, publicUrl } = options;
  const secure = publicUrl.startsWith('https:');
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'callId' }),
    genReqId: callIdOf,
    requestIdHeader: false,
    rewriteUrl: ({ url = '/' }) => (options.tenantPaths ? withoutTenant(url) : url),
    bodyLimit: options.bodyLimitBytes,
    requestTimeout: 30_000,
    connectionTimeout: 120_000,
    keepAliveTimeout: 72_000,
    http: { maxHeaderSize: headerBytesMax, headersTimeout: 10_000 },
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: answerBrokenHttp,
    frameworkErrors: (error, request, reply) => {
      const { status, headers, body } = errorAnswer(error);
      const answer = {
        ...headers,
        'content-type': 'application/json; charset=utf-8',
        'x-request-id': request.id,
      };
      reply.hijack();
      reply.raw.writeHead(status, answer).end(JSON.stringify(body));
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  refuseOddBodies(app);
  acceptJsonOnly(app);
  acceptForms(app);
  app.decorateRequest('actor', undefined);

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id).header('cache-control', 'no-store');
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.answered({
      method: request.method,
      route,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1_000,
    });
    request.log.info({
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });
  app.setErrorHandler((error, request, reply) => {
    const { status, headers, body } = errorAnswer(error);
    if (status === 500) request.log.error({ err: error }, 'unexpected error');
    else if (status > 500) request.log.warn({ err: error }, body.error);
    return reply.code(status).headers(headers).send(body);
  });
  app.setNotFoundHandler(async () => {
    throw new CodedError('NOT_FOUND');
  });

  await app.register(cookie);
  app.addHook('onRequest', async (request) => {
    request.cookies = ownCookies(request.cookies, secure);
  });
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy },
    strictTransportSecurity: secure,
    referrerPolicy: { policy: 'same-origin' },
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'OpenClaw Enterprise', version: options.version },
      servers: [{ url: publicUrl }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          session: { type: 'apiKey', in: 'cookie', name: secure ? '__Host-session' : 'session' },
          shown_session: {
            type: 'apiKey',
            in: 'header',
            name: sessionHeader,
            description:
              'Public id of the session that the page shows: `sessionId` of `GET /api/v1/auth/userinfo`.',
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  addRoutes(app, options);
  addDocs(app, options);
  await addPage(app, options.pageDir);
  return app;
}
