import type { z } from 'zod';
import { mayResolve } from '#domain/approval/approval.ts';
import { CodedError } from '#domain/error.ts';
import { actionRunId, isId, requestWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import * as calls from '#domain/request/calls.ts';
import { resolveRequest as body, requestView as requestViewSchema } from '#domain/request/request.schema.ts';
import { newId } from '#platform/new-id.ts';
import type { StoredAction, StoredRequest } from '#stores/request/requests.ts';
import { resolveOutcome } from '#workflows/messages/request.ts';
import { defineRoute } from '../../http/route.ts';
import { askWorkflow } from '../../temporal/ask-workflow.ts';
import { reasonContent } from '../../temporal/cast-vote.ts';
import { requestParams } from './own-request.ts';
import type { RequestParts } from './parts.ts';
import { requestView } from './request-view.ts';
import { wasResolved } from './was-resolved.ts';

type Parts = Pick<
  RequestParts,
  'requests' | 'content' | 'actions' | 'openRequest' | 'signer' | 'temporal' | 'auditEntries' | 'now'
>;

/** A person says what became of an effect that we can't know about: it happened, send it again, give up. */
export function resolveRequest(parts: Parts) {
  const { requests, content, actions, openRequest, signer, temporal, auditEntries, now } = parts;

  const find = async (actor: Actor, id: string): Promise<StoredRequest> => {
    const request = isId('request', id) ? await requests.get(actor.tenantId, id) : undefined;
    if (request === undefined || !mayResolve(request, actor)) throw new CodedError('NOT_FOUND');
    return request;
  };

  return defineRoute({
    ...calls.resolveRequest,
    summary: 'Say what became of an action whose outcome is unknown',
    auth: 'requests.use',
    audit: 'request.outcome_resolved',
    request: { params: requestParams, body },
    response: { 200: requestViewSchema },
    errors: [
      'NOT_FOUND',
      'REQUEST_NOT_PENDING',
      'VOTE_SIGNATURE_INVALID',
      'TENANT_MISMATCH',
      'TEMPORAL_UNAVAILABLE',
      'DATABASE_UNAVAILABLE',
    ],
    async handle({ actor, params, body }) {
      const request = await find(actor, params.id);
      await resolve(actor, request, body);
      const after = await find(actor, params.id);
      return { status: 200, body: requestView(actions, await openRequest(after, actor.userId)) };
    },
  });

  /** What the same person said before, and whose answer may have been lost, is taken again and recorded once. */
  async function resolve(actor: Actor, request: StoredRequest, said: z.output<typeof body>): Promise<void> {
    const { n, resolution } = said;
    const action = (await requests.actionsOf(actor.tenantId, request.id)).find((one) => one.n === n);
    if (action === undefined) throw new CodedError('REQUEST_NOT_PENDING');
    const isAsked = action.state === 'outcome_unknown' && (said.sending ?? action.sending) === action.sending;
    // Whoever had it sent again spoke of the sending before.
    const spokenOf = !isAsked && resolution === 'send_again' ? action.sending - 1 : action.sending;
    const sending = said.sending ?? spokenOf;
    const asked = isAsked ? ask(actor, action, said) : Promise.reject(new CodedError('REQUEST_NOT_PENDING'));
    await asked.catch(async (error: unknown) => {
      const before = { requestId: request.id, n, sending, resolution };
      if (!(await wasResolved(auditEntries, actor, before))) throw error;
    });
  }

  async function ask(actor: Actor, action: StoredAction, said: z.output<typeof body>): Promise<void> {
    const { tenantId, userId, role, orgUnit } = actor;
    const { requestId, n } = action;
    const claims = {
      resolutionId: newId('vote'),
      tenantId,
      requestId,
      n,
      runId: actionRunId(requestId, n, action.sending),
      resolution: said.resolution,
      userId,
      role,
      orgUnit,
      reasonRef: await content.save(reasonContent(actor, said.reason, action.classification)),
      at: now().toISOString(),
    };
    await askWorkflow({
      temporal,
      actor,
      requestId,
      gone: 'REQUEST_NOT_PENDING',
      ask: (client) =>
        client.workflow.getHandle(requestWorkflowId(tenantId, requestId)).executeUpdate(resolveOutcome, {
          args: [{ claims, keyId: signer.keyId, signature: signer.sign(claims) }],
          updateId: claims.resolutionId,
        }),
    });
  }
}
