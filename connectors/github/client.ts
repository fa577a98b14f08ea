import { Octokit } from '@octokit/rest';
import type { z } from 'zod';
import type { Effect } from '#domain/action/action.ts';
import { createBoundedFetch } from './bounded-fetch.ts';
import { errorOfUnreadable, providerError } from './errors.ts';

/** A full page of the longest comments, in UTF-8, fits. */
const maxAnswerBytes = 32 * 1024 * 1024;

export interface GithubCall<Data> {
  effect: Effect;
  signal: AbortSignal;
  /** What the answer must look like; anything else is `response_invalid`. */
  answer: z.ZodType<Data>;
  send(
    rest: Octokit['rest'],
    request: { signal: AbortSignal },
  ): Promise<{ data: unknown; headers: { link?: string } }>;
}

export interface GithubClient {
  /** One HTTP call, sent once. Throws `ProviderError`. */
  call<Data>(call: GithubCall<Data>): Promise<{ data: Data; link: string | undefined }>;
}

interface GithubClientOptions {
  token: string;
  /** API root; `undefined` = api.github.com. */
  baseUrl: string | undefined;
  timeoutMs: number;
}

/**
 * Octokit as it comes has neither retry nor throttling plugin, and none may be added here: an unsafe retry of a
 * write would be invisible to governance, which looks before it sends again.
 */
export function createGithubClient({ token, baseUrl, timeoutMs }: GithubClientOptions): GithubClient {
  const octokit = new Octokit({
    auth: token,
    userAgent: 'openclaw-enterprise',
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    request: { fetch: createBoundedFetch({ timeoutMs, maxAnswerBytes }), retries: 0 },
    ...(baseUrl === undefined ? {} : { baseUrl: baseUrl.replace(/\/$/, '') }),
  });
  return {
    async call({ effect, signal, answer, send }) {
      const { data, headers } = await send(octokit.rest, { signal }).catch((error: unknown) => {
        throw providerError(error, effect);
      });
      const parsed = answer.safeParse(data);
      if (!parsed.success) throw errorOfUnreadable(effect, parsed.error);
      return { data: parsed.data, link: headers.link };
    },
  };
}

/** Octokit's log would print paths to the console; audit has them. */
function ignore(): void {}
