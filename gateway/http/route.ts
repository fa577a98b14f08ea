import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { AuditKey } from '#domain/audit/audit.ts';
import type { ErrorCode } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Permission } from '#domain/person/permission.ts';
import type { Agreeing } from './agreeing.ts';
import type { LimitClass } from './rate-limit/limit-class.ts';

/** What a route accepts; a part without a schema is not looked at. */
export interface RequestSchemas {
  params?: z.ZodType;
  query?: z.ZodType;
  headers?: z.ZodType;
  body?: z.ZodType;
}

/** An answer that isn't JSON: its media type, and a description of it for the docs. */
export interface Media {
  media: string;
  contains: string;
}

/** Answers of a route that are not errors, by status. */
export type ResponseSchemas = Readonly<Record<number, z.ZodType | Media>>;

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** One call as a handler sees it: parsed and authenticated, without the framework. */
export interface Call<Request extends RequestSchemas, Auth extends RouteAuth> {
  params: Parsed<Request['params']>;
  query: Parsed<Request['query']>;
  headers: Parsed<Request['headers']>;
  body: Parsed<Request['body']>;
  /** `undefined` on public routes. */
  actor: Auth extends 'public' ? undefined : Actor;
  /** Cookies as sent. */
  cookies: Readonly<Record<string, string | undefined>>;
  /** Headers as sent, lower-case names; for the few routes that need more than `headers`. */
  rawHeaders: Readonly<Record<string, string | string[] | undefined>>;
  /** Path and query as sent. */
  url: string;
  /** Address of the other end of the connection. */
  remoteAddress: string;
  /** `X-Request-Id` of this call. */
  callId: string;
  /** Aborts when the caller has gone or the gateway is shutting down. */
  signal: AbortSignal;
}

type BodyOf<Response> = Response extends z.ZodType ? z.input<Response> : string | Readable;

/** Status, body and headers of an answer; for several cookies there are several `set-cookie` values. */
export type Answer<Responses extends ResponseSchemas> = {
  [Status in keyof Responses & number]: {
    status: Status;
    body: BodyOf<Responses[Status]>;
    headers?: Readonly<Record<string, string | string[]>>;
  };
}[keyof Responses & number];

export type RouteAuth = 'public' | Permission;

/** The event that a route audits, or why it audits none. */
export type RouteAudit = AuditKey | { none: string };

/**
 * Everything about one route: the server, the OpenAPI document and the tests are derived from it. `auth` is the line of
 * the permission matrix that it needs (domain/person/permission.ts); the handler checks how far that reaches.
 */
export interface Route<
  Request extends RequestSchemas = RequestSchemas,
  Responses extends ResponseSchemas = ResponseSchemas,
  Auth extends RouteAuth = RouteAuth,
> {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  /** Absolute, with parameters as `:id`. */
  path: string;
  /** One line for the API's documentation. */
  summary: string;
  auth: Auth;
  /** The budget of its calls, where path and method don't determine it. */
  limit?: LimitClass | 'none';
  audit: RouteAudit;
  /** Fields of a form that it accepts in place of JSON; others are ignored. Only where a standard requires it. */
  form?: readonly string[];
  request: Request;
  response: Responses;
  /** Codes that it may answer with, besides those that every route can. */
  errors: readonly ErrorCode[];
  handle(call: Call<Request, Auth>): Promise<Answer<NoInfer<Responses>>>;
}

/** A route whose types were checked where it is defined; the list of routes holds these. */
// oxlint-disable-next-line typescript/no-explicit-any -- existential: each route's own schemas parse its calls
export type AnyRoute = Route<any, any, any>;

/**
 * Checks that a handler fits its route's schemas, and the schemas the call that the route is made of
 * (`...getApproval` of `domain/<noun>/calls.ts`): a difference doesn't compile.
 */
export function defineRoute<
  const Path extends string,
  const Request extends RequestSchemas,
  const Responses extends ResponseSchemas,
  const Auth extends RouteAuth,
  Types = never,
>(
  route: Route<Request, Responses, Auth> & { path: Path; types?: Types } & Agreeing<
      Path,
      Request,
      Responses,
      NonNullable<Types>
    >,
): Route<Request, Responses, Auth> {
  return route;
}

export function isMedia(response: z.ZodType | Media): response is Media {
  return 'media' in response;
}
