import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import { callProvider } from '../http/call-provider.ts';

interface Credential {
  octokit: Octokit;
  token: string;
  /** API root; `undefined` = api.github.com. */
  baseUrl: string | undefined;
  signal: AbortSignal;
  /** Octokit throws what GitHub refused; an answer is an answer. */
  refusalOf: (error: unknown) => Answer;
}

/**
 * The id of the account that writes with a credential, asked by a call that this kind of credential can make: a token
 * of a person (personal access, `ghu_`) has a user, while that of an App's installation (`ghs_`) has none, and its bot is
 * the viewer of the GraphQL API. Throws `ProviderError` where it can't be known.
 */
export async function ownUserId({ octokit, token, baseUrl, signal, refusalOf }: Credential): Promise<number> {
  const request = { signal };
  if (!isInstallation(token)) {
    const { data } = await callProvider({
      effect: 'read',
      answer: z.object({ id: z.int() }),
      send: () => octokit.rest.users.getAuthenticated({ request }).catch(refusalOf),
    });
    return data.id;
  }
  const { data } = await callProvider({
    effect: 'read',
    // Errors come with a 200 as well; a bot that they came with is none to go by.
    answer: z.object({
      data: z.object({ viewer: z.object({ databaseId: z.int() }) }),
      errors: z.undefined().optional(),
    }),
    send: () =>
      octokit
        .request('POST /graphql', {
          baseUrl: graphqlRoot(baseUrl),
          query: 'query { viewer { databaseId } }',
          request,
        })
        .catch(refusalOf),
  });
  return data.data.viewer.databaseId;
}

function isInstallation(token: string): boolean {
  return token.startsWith('ghs_');
}

/** GitHub Enterprise Server has it beside `/api/v3`. */
function graphqlRoot(baseUrl = 'https://api.github.com'): string {
  return baseUrl.replace(/\/+$/, '').replace(/\/api\/v3$/, '/api');
}
