import type { z } from 'zod';
import type { Effect } from '#domain/action/action.ts';
import { ProviderError } from '#domain/error.ts';
import type { Answer } from './answer.ts';
import { errorOfCall, errorOfStatus, errorOfUnreadable } from './errors.ts';
import { retryAfterMs } from './retry-after.ts';

interface ProviderCall<Data> {
  effect: Effect;
  /** What the data of the answer must look like; anything else is `response_invalid`. */
  answer: z.ZodType<Data>;
  /** Sends once, over `createBoundedFetch`, and gives back whatever was answered. Never tries again. */
  send(): Promise<Answer>;
  /** Milliseconds to wait when this answer says that calls come too fast; `undefined` = it doesn't. */
  limitOf?: (answer: Answer) => number | undefined;
}

/** One HTTP call, sent once. Throws `ProviderError`, which knows whether the effect can have happened. */
export async function callProvider<Data>({
  effect,
  answer,
  send,
  limitOf = tooMany,
}: ProviderCall<Data>): Promise<{ data: Data; headers: Answer['headers'] }> {
  const got = await send().catch((error: unknown) => {
    throw errorOfCall(error, effect);
  });
  if (got.status < 200 || got.status > 299) {
    const cause = got.cause ?? new Error(`the provider answered ${got.status}`);
    const wait = limitOf(got);
    if (wait === undefined) throw errorOfStatus(got.status, effect, cause);
    throw new ProviderError('api_rate_limited', 'no', { cause, retryAfterMs: wait });
  }
  const parsed = answer.safeParse(got.data);
  if (!parsed.success) throw errorOfUnreadable(effect, parsed.error);
  return { data: parsed.data, headers: got.headers };
}

/** What RFC 6585 says, and what many do with 403. */
function tooMany({ status, headers }: Answer): number | undefined {
  const isLimit = status === 429 || (status === 403 && headers['retry-after'] !== undefined);
  return isLimit ? retryAfterMs(headers, Date.now()) : undefined;
}
