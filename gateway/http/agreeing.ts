import type { z } from 'zod';
import type { ParamNames } from '#domain/call.ts';

/** Do a call in `domain/<noun>/calls.ts` and the schemas of its route agree? */
export type Agreeing<Path extends string, Request, Responses, Types> = [Types] extends [never]
  ? unknown
  : Differing<{
      params: Fits<ParamsSaid<Path>, Taken<Request, 'params'>>;
      query: FitsFields<Said<Types, 'query'>, Taken<Request, 'query'>>;
      headers: FitsFields<Said<Types, 'headers'>, Taken<Request, 'headers'>>;
      body: Fits<Said<Types, 'body'>, Taken<Request, 'body'>>;
      answer: Fits<Answered<Responses>, Said<Types, 'answer'>>;
    }>;

/** `unknown`, which every route fits, or an object that names the parts which differ, which none does. */
type Differing<Checks> = [Failed<Checks>] extends [never] ? unknown : { differs: Failed<Checks> };
type Failed<Checks> = { [Part in keyof Checks]: Checks[Part] extends true ? never : Part }[keyof Checks];

/** What a call says of a part; `undefined` where it says nothing. */
type Said<Types, Part extends string> = Types extends Record<Part, infer Value> ? Value : undefined;
type ParamsSaid<Path extends string> = [ParamNames<Path>] extends [never]
  ? undefined
  : Record<ParamNames<Path>, string>;
/** What a route takes of a part; `undefined` where it doesn't look at it. */
type Taken<Request, Part extends string> =
  Request extends Record<Part, infer Schema extends z.ZodType> ? z.input<Schema> : undefined;
/** The bodies that a route answers with; `unknown` where it isn't JSON. */
type Answered<Responses> = {
  [Status in keyof Responses]: Responses[Status] extends z.ZodType ? z.output<Responses[Status]> : unknown;
}[keyof Responses];

type Fits<Left, Right> = [Left] extends [Right] ? true : false;
/** Fields may be left out, but a field that is not accepted may not be there. */
type FitsFields<Left, Right> = [Left] extends [undefined]
  ? true
  : [keyof Left] extends [keyof Right]
    ? Fits<Left, Right>
    : false;
