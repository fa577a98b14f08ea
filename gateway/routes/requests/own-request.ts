import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import { isId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { RequestStore, StoredRequest } from '#stores/request/requests.ts';

export const requestParams = z.strictObject({ id: z.string().max(64) });

/** The caller's own request; somebody else's is treated like none. Throws `NOT_FOUND`. */
export async function ownRequest(
  { requests }: { requests: RequestStore },
  actor: Actor,
  id: string,
): Promise<StoredRequest> {
  const request = isId('request', id) ? await requests.get(actor.tenantId, id) : undefined;
  if (request === undefined || request.userId !== actor.userId) throw new CodedError('NOT_FOUND');
  return request;
}
