import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import * as calls from '#domain/request/calls.ts';
import { newRequest, requestView as requestViewSchema } from '#domain/request/request.schema.ts';
import { isFinal } from '#domain/request/request.ts';
import { newId } from '#platform/new-id.ts';
import type { StoredRequest } from '#stores/request/requests.ts';
import { defineRoute } from '../../http/route.ts';
import { checkTyped, storedText } from '../../temporal/plan-typed.ts';
import type { RequestParts } from './parts.ts';
import { requestView } from './request-view.ts';

const headers = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, { error: 'must be 1 to 255 visible ASCII characters' })
    .optional(),
});

/**
 * Commits the request row, which is the outbox, then starts its workflow and waits for the first outcome. Whatever
 * happens to Temporal meanwhile, the answer comes from the row: 202 while it isn't final.
 */
export function postRequest(parts: RequestParts) {
  const { requests, actions, openRequest, apiBasePath } = parts;
  return defineRoute({
    ...calls.postRequest,
    summary: 'Ask for something, in words or as typed actions',
    auth: 'requests.use',
    audit: 'request.created',
    request: { headers, body: newRequest },
    response: { 200: requestViewSchema, 202: requestViewSchema },
    errors: ['IDEMPOTENCY_KEY_REUSED', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, headers: given, body, signal }) {
      if (body.actions !== undefined) checkTyped(actions, body.actions);
      const { text, bodyDigest } = storedText(body);
      const { request } = await requests.create(actor, {
        id: newId('request'),
        idempotencyKey: given['idempotency-key'] ?? randomUUID(),
        text,
        bodyDigest,
      });
      const answered = isUnderWay(request) ? await firstAnswer(parts, request, text, signal) : request;
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

/** The row after its first outcome, or as it is when that is late; does not wait for a caller who has gone. */
async function firstAnswer(
  { requests, startRequest, metrics, firstAnswerMs }: RequestParts,
  request: StoredRequest,
  text: string,
  gone: AbortSignal,
): Promise<StoredRequest> {
  const asked = performance.now();
  const outcome = await Promise.race([
    startRequest.andWait(request, text, firstAnswerMs).then(
      () => 'answered' as const,
      () => (performance.now() - asked < firstAnswerMs ? 'unreachable' : 'late'),
    ),
    limitOf(firstAnswerMs, gone),
  ]);
  metrics.firstAnswer(outcome);
  return (await requests.get(request.tenantId, request.id)) ?? request;
}

/** Limits everything before the workflow too, for example an audit database that hangs. */
async function limitOf(ms: number, gone: AbortSignal): Promise<'late' | 'gone'> {
  const passed = await pause(ms, true, { signal: gone, ref: false }).catch(() => false);
  return passed ? 'late' : 'gone';
}
