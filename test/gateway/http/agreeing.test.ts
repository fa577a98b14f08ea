import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addressOf, get, post } from '#domain/call.ts';
import { defineRoute } from '#gateway/http/route.ts';

interface Thing {
  id: string;
  size: number;
}

const thing = z.object({ id: z.string(), size: z.int() });
const params = z.strictObject({ id: z.string() });
const getThing = get('/api/v1/things/:id')<{ query?: never; answer: Thing }>();
const listThings = get('/api/v1/things')<{ query: { limit?: number | undefined }; answer: Thing[] }>();
const postThing = post('/api/v1/things')<{ headers: { 'if-match'?: string }; body: Thing; answer: Thing }>();
const rest = { summary: 'a thing', auth: 'public', audit: { none: 'an example' }, errors: [] } as const;
const answer = async () => ({ status: 200, body: { id: 'a', size: 1 } }) as const;

describe('a route that is made of a call', () => {
  it('compiles where both say the same', () => {
    const route = defineRoute({
      ...getThing,
      ...rest,
      request: { params },
      response: { 200: thing },
      handle: answer,
    });
    expect(route).toMatchObject({ method: 'GET', path: '/api/v1/things/:id' });
  });

  it('does not compile where they part', () => {
    const routes = [
      // @ts-expect-error -- the path has no parameter `key`
      defineRoute({
        ...getThing,
        ...rest,
        request: { params: z.strictObject({ key: z.string() }) },
        response: { 200: thing },
        handle: answer,
      }),
      // @ts-expect-error -- nobody parses `:id`
      defineRoute({ ...getThing, ...rest, request: {}, response: { 200: thing }, handle: answer }),
      // @ts-expect-error -- callers read another answer
      defineRoute({
        ...getThing,
        ...rest,
        request: { params },
        response: { 200: z.object({ id: z.string() }) },
        handle: answer,
      }),
      // @ts-expect-error -- callers send `limit`
      defineRoute({
        ...listThings,
        ...rest,
        request: { query: z.strictObject({ most: z.number().optional() }) },
        response: { 200: z.array(thing) },
        handle: async () => ({ status: 200, body: [] }),
      }),
      // @ts-expect-error -- callers send `if-match`
      defineRoute({
        ...postThing,
        ...rest,
        request: { headers: z.object({ etag: z.string().optional() }), body: thing },
        response: { 200: thing },
        handle: answer,
      }),
      // @ts-expect-error -- callers send a body
      defineRoute({
        ...postThing,
        ...rest,
        request: { headers: z.object({ 'if-match': z.string().optional() }) },
        response: { 200: thing },
        handle: answer,
      }),
      // @ts-expect-error -- callers send no `weight`
      defineRoute({
        ...postThing,
        ...rest,
        request: {
          headers: z.object({ 'if-match': z.string().optional() }),
          body: thing.extend({ weight: z.number() }),
        },
        response: { 200: thing },
        handle: answer,
      }),
    ];
    expect(routes).toHaveLength(7);
  });
});

describe('the address of a call', () => {
  it('escapes parameters, and leaves out what is not said, though not what is said to be empty', () => {
    expect(addressOf(getThing, { params: { id: '../a?b/c' } })).toBe('/api/v1/things/..%2Fa%3Fb%2Fc');
    expect(addressOf(listThings, { query: { limit: 5, before: undefined, state: '' } })).toBe(
      '/api/v1/things?limit=5&state=',
    );
    expect(addressOf(listThings, {})).toBe('/api/v1/things');
  });
});
