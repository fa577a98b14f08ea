import { z } from 'zod';
import type { Classification } from '#domain/classification/classification.ts';
import type { CallContext } from '../contract.ts';
import type { GithubClient } from './client.ts';
import { ownerAndRepo } from './input.ts';

const repositoryShape = z.object({ private: z.boolean().optional(), visibility: z.string().optional() });

/** Label of the contents of a repository: `public` only where GitHub says so, else `internal` (spec §1.5). */
export async function classifyRepository(
  repository: string,
  { client, signal }: CallContext<GithubClient>,
): Promise<Classification> {
  const { data } = await client.call({
    effect: 'read',
    signal,
    answer: repositoryShape,
    send: (rest, request) => rest.repos.get({ ...ownerAndRepo(repository), request }),
  });
  return data.private === false && (data.visibility ?? 'public') === 'public' ? 'public' : 'internal';
}
