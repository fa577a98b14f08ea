import { mayResolve } from '#domain/approval/approval.ts';
import { CodedError } from '#domain/error.ts';
import { actionRunId, isId, requestWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import * as calls from '#domain/request/calls.ts';
import { resolveRequest as body, requestView as requestViewSchema } from '#domain/request/request.schema.ts';
import { newId } from '#platform/new-id.ts';
import type { StoredRequest } from '#stores/request/requests.ts';
import { resolveOutcome } from '#workflows/messages/request.ts';
import { defineRoute } from '../../http/route.ts';
import { askWorkflow } from '../../temporal/ask-workflow.ts';
import { reasonContent } from '../../temporal/cast-vote.ts';
import { requestParams } from './own-request.ts';
import type { RequestParts } from './parts.ts';
import { requestView } from './request-view.ts';

/** A person says what became of an effect that we can't know about: it happened, send it again, give up. */
export function resolveRequest(parts: RequestParts) {
  const { requests, content, actions, openRequest, signer, temporal, now } = parts;

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
    async handle({ actor, params, body: { n, resolution, reason } }) {
      const request = await find(actor, params.id);
      const { tenantId, userId, role, orgUnit } = actor;
      const action = (await requests.actionsOf(tenantId, request.id)).find((one) => one.n === n);
      if (action?.state !== 'outcome_unknown') throw new CodedError('REQUEST_NOT_PENDING');
      const claims = {
        resolutionId: newId('vote'),
        tenantId,
        requestId: request.id,
        n,
        runId: actionRunId(request.id, n, action.sending),
        resolution,
        userId,
        role,
        orgUnit,
        reasonRef: await content.save(reasonContent(actor, reason, action.classification)),
        at: now().toISOString(),
      };
      await askWorkflow({
        temporal,
        actor,
        requestId: request.id,
        gone: 'REQUEST_NOT_PENDING',
        ask: (client) =>
          client.workflow.getHandle(requestWorkflowId(tenantId, request.id)).executeUpdate(resolveOutcome, {
            args: [{ claims, keyId: signer.keyId, signature: signer.sign(claims) }],
            updateId: claims.resolutionId,
          }),
      });
      const after = await find(actor, params.id);
      return { status: 200, body: requestView(actions, await openRequest(after, userId)) };
    },
  });
}
