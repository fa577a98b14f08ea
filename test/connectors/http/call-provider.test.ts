import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Answer } from '#connectors/http/answer.ts';
import { callProvider } from '#connectors/http/call-provider.ts';
import { ProviderError } from '#domain/error.ts';

const answer = z.object({ id: z.int() });
const ok: Answer = { status: 200, headers: { etag: 'x' }, data: { id: 1 } };

const write = (answered: Partial<Answer>, limitOf?: (one: Answer) => number | undefined) =>
  callProvider({
    effect: 'write',
    answer,
    send: async () => ({ ...ok, ...answered }),
    ...(limitOf === undefined ? {} : { limitOf }),
  });

describe('one call of a provider', () => {
  it('gives the answer that it was asked for, and its headers', async () => {
    expect(await write({})).toEqual({ data: { id: 1 }, headers: { etag: 'x' } });
  });

  it('does not believe a success of another form, and then cannot know', async () => {
    for (const data of [undefined, {}, 'a page', { id: 'x' }]) {
      await expect(write({ data })).rejects.toMatchObject({ code: 'response_invalid', happened: 'unknown' });
    }
  });

  it.each([
    [304, 'response_invalid', 'unknown'],
    [401, 'oauth_token_revoked', 'no'],
    [403, 'permission_denied', 'no'],
    [404, 'target_not_found', 'no'],
    [408, 'api_unreachable', 'unknown'],
    [409, 'target_refused', 'no'],
    [429, 'api_rate_limited', 'no'],
    [503, 'api_unreachable', 'unknown'],
  ])('takes %i for %s', async (status, code, happened) => {
    await expect(write({ status })).rejects.toMatchObject({ code, happened });
  });

  it('waits as long as the answer says, in the way of this provider', async () => {
    const headers = { 'retry-after': '30' };
    await expect(write({ status: 403, headers })).rejects.toMatchObject({ retryAfterMs: 30_000 });
    const slow = ({ status }: Answer) => (status === 420 ? 5_000 : undefined);
    await expect(write({ status: 420 }, slow)).rejects.toMatchObject({
      code: 'api_rate_limited',
      retryAfterMs: 5_000,
    });
    await expect(write({ status: 429 }, slow)).rejects.toMatchObject({ code: 'target_refused' });
  });

  it('lets through what the bounded fetch says of a failure, also from within a library’s error', async () => {
    const failure = new ProviderError('target_not_found', 'no');
    for (const thrown of [failure, new Error('of a library', { cause: failure })]) {
      const sent = callProvider({ effect: 'write', answer, send: () => Promise.reject(thrown) });
      await expect(sent).rejects.toBe(failure);
    }
    const sent = callProvider({ effect: 'write', answer, send: () => Promise.reject(new Error('x')) });
    await expect(sent).rejects.toMatchObject({ code: 'api_unreachable', happened: 'unknown' });
  });

  it('keeps what a library threw as the cause', async () => {
    const cause = new Error('of a library');
    await expect(write({ status: 404, cause })).rejects.toMatchObject({ cause });
  });
});
