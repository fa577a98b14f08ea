import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import type { Effect } from '#domain/action/action.ts';
import type { Answer } from '../http/answer.ts';
import { createBoundedFetch } from '../http/bounded-fetch.ts';
import { callProvider } from '../http/call-provider.ts';
import { headerText } from '../http/retry-after.ts';
import { ownUserId } from './own-identity.ts';
import { rateLimitMs } from './rate-limit.ts';

/** A full page of the longest comments fits, in UTF-8. */
const maxAnswerBytes = 32 * 1024 * 1024;

export interface GithubCall<Data> {
  effect: Effect;
  signal: AbortSignal;
  /** The schema of the answer; anything else is `response_invalid`. */
  answer: z.ZodType<Data>;
  send(
    rest: Octokit['rest'],
    request: { signal: AbortSignal },
  ): Promise<{ status: number; data: unknown; headers: { link?: string } }>;
}

export interface GithubClient {
  /** One HTTP call, sent once. Throws `ProviderError`. */
  call<Data>(call: GithubCall<Data>): Promise<{ data: Data; link: string | undefined }>;
  /** Id of the account that writes with our credential. Throws `ProviderError`. */
  ownUserId(signal: AbortSignal): Promise<number>;
}

interface GithubClientOptions {
  token: string;
  /** API root; `undefined` = api.github.com. */
  baseUrl: string | undefined;
  timeoutMs: number;
}

/**
 * Octokit itself has neither retry nor throttling plugin, and none may be added: governance, which looks before it
 * sends again, would not see an unsafe retry of a write.
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
      const { data, headers } = await callProvider({
        effect,
        answer,
        send: () => send(octokit.rest, { signal }).catch(refusalOf),
        limitOf: rateLimitMs,
      });
      return { data, link: headerText(headers['link']) || undefined };
    },
    ownUserId: (signal) => ownUserId({ octokit, token, baseUrl, signal, refusalOf }),
  };
}

/** The part of Octokit's `RequestError` that we rely on. */
const refusalShape = z.object({
  response: z.object({ status: z.int(), headers: z.record(z.string(), z.unknown()), data: z.unknown() }),
});

/** Octokit throws what GitHub refused; an answer is an answer. */
function refusalOf(error: unknown): Answer {
  const refusal = refusalShape.safeParse(error);
  if (refusal.success) return { ...refusal.data.response, cause: error };
  throw error;
}

/** Octokit would log paths to the console; audit has them. */
function ignore(): void {}
