/** What goes into a call beside its path, and what comes back, for the compiler alone. */
export interface CallTypes {
  query?: object;
  headers?: object;
  body?: unknown;
  answer: unknown;
}

/**
 * One call of the API, stated once: the gateway's route is made from it, and the command line, the page and the tests
 * call it. It contains no schema, so that using a call does not pull in zod.
 */
export interface Call<Path extends string = string, Types extends CallTypes = CallTypes> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Absolute, parameters as `:id`. */
  readonly path: Path;
  /** How long its answer may take, in milliseconds; default: that of the caller. */
  readonly waitMs?: number;
  /** Never there: it ties the types to the object. */
  readonly types?: Types;
}

/** Names of the parameters of a path: `id` of `/api/v1/requests/:id/events`. */
export type ParamNames<Path extends string> = Path extends `${infer Head}/${infer Rest}`
  ? ParamName<Head> | ParamNames<Rest>
  : ParamName<Path>;
type ParamName<Part extends string> = Part extends `:${infer Name}` ? Name : never;

type PathOf<Which extends Call> = Which['path'];
type TypesOf<Which extends Call> = NonNullable<Which['types']>;
type Said<Types, Name extends string> = Types extends Record<Name, infer Value> ? Value : never;
type Needed<Types, Name extends string> = [Said<Types, Name>] extends [never]
  ? unknown
  : Record<Name, Said<Types, Name>>;

/** What a caller has to give. A query whose fields may all be left out may be left out itself. */
export type CallParts<Which extends Call> = ([ParamNames<PathOf<Which>>] extends [never]
  ? unknown
  : { params: Readonly<Record<ParamNames<PathOf<Which>>, string>> }) &
  ([Said<TypesOf<Which>, 'query'>] extends [never]
    ? unknown
    : object extends Said<TypesOf<Which>, 'query'>
      ? { query?: Said<TypesOf<Which>, 'query'> }
      : { query: Said<TypesOf<Which>, 'query'> }) &
  Needed<TypesOf<Which>, 'headers'> &
  Needed<TypesOf<Which>, 'body'>;

/** The arguments after a call, with what a caller may say beside: none are needed where there is nothing to give. */
export type Given<Which extends Call, More = unknown> =
  object extends CallParts<Which> ? [parts?: CallParts<Which> & More] : [parts: CallParts<Which> & More];

export type AnswerOf<Which extends Call> = TypesOf<Which>['answer'];

/** Fields of a query, all of which a caller may leave out. */
export type AnyOf<Query> = { readonly [Name in keyof Query]?: Query[Name] | undefined };

interface CallOptions {
  waitMs?: number;
}

function declare(method: Call['method']) {
  return <const Path extends string>(path: Path, options: CallOptions = {}) =>
    <Types extends CallTypes>(): Call<Path, Types> => ({ method, path, ...options });
}

export const get = declare('GET');
export const post = declare('POST');
export const put = declare('PUT');
export const del = declare('DELETE');

/** The parts of a call from which its address and its request are made. */
export interface SentParts {
  params?: Readonly<Record<string, string>> | undefined;
  query?: Readonly<Record<string, string | number | undefined>> | undefined;
  headers?: Readonly<Record<string, string | undefined>> | undefined;
  body?: unknown;
}

/** Path and query of a call; a part of the query that is not set is left out, an empty one is sent. */
export function addressOf({ path }: Call, { params = {}, query }: SentParts): string {
  const address = path.replace(/:([a-z_]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const asked = new URLSearchParams(said(query));
  return asked.size === 0 ? address : `${address}?${asked}`;
}

/** The fields of a query, or of headers, that are set, as text. */
export function said(fields: SentParts['query'] = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
