import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { newRequest, requestView as requestViewSchema } from '#domain/request.schema.ts';
import { isFinal } from '#domain/request.ts';
import { newId } from '#platform/new-id.ts';
import type { StoredRequest } from '#stores/requests.ts';
import { checkTyped, storedText } from '../../plan-typed.ts';
import { requestView } from '../../views/request-view.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { defineRoute } from '../route.ts';

const headers = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, { error: 'must be 1 to 255 visible ASCII characters' })
    .optional(),
});

/**
 * Commits the request row, which is the outbox, then starts its workflow and waits for the first outcome. Whatever
 * happens to Temporal meanwhile, the row answers: 202 while it isn't final.
 */
export function postRequest(dependencies: RouteDependencies) {
  const { requests, actions, openRequest, apiBasePath } = dependencies;
  return defineRoute({
    method: 'POST',
    path: '/api/v1/requests',
    summary: 'Ask for something, in words or as typed actions',
    auth: 'user',
    audit: 'request.created',
    request: { headers, body: newRequest },
    response: { 200: requestViewSchema, 202: requestViewSchema },
    errors: ['IDEMPOTENCY_KEY_REUSED', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, headers: given, body, signal }) {
      if (body.actions !== undefined) checkTyped(actions, body.actions);
      const { request } = await requests.create(actor, {
        id: newId('request'),
        idempotencyKey: given['idempotency-key'] ?? randomUUID(),
        ...storedText(body),
      });
      const answered = isUnderWay(request) ? await firstAnswer(dependencies, request, signal) : request;
      return {
        status: isFinal(answered.state) ? 200 : 202,
        headers: { location: `${apiBasePath}/requests/${request.id}` },
        body: requestView(actions, await openRequest(answered, actor.userId)),
      };
    },
  });
}

function isUnderWay({ state }: StoredRequest): boolean {
  return state === 'received' || state === 'running';
}

/** The row after its first outcome, or as it is at the deadline. */
async function firstAnswer(
  { requests, startRequest, metrics, firstAnswerMs }: RouteDependencies,
  request: StoredRequest,
  callerGone: AbortSignal,
): Promise<StoredRequest> {
  const late = AbortSignal.timeout(firstAnswerMs);
  const over = AbortSignal.any([late, callerGone]);
  const outcome = await Promise.race([
    startRequest.andWait(request, over).then(
      () => 'answered' as const,
      () => (late.aborted ? ('late' as const) : ('unreachable' as const)),
    ),
    aborted(over).then(() => 'late' as const),
  ]);
  metrics.firstAnswer(outcome);
  return (await requests.get(request.tenantId, request.id)) ?? request;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
