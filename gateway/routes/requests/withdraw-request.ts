import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import * as calls from '#domain/request/calls.ts';
import { requestView as requestViewSchema } from '#domain/request/request.schema.ts';
import type { StoredRequest } from '#stores/request/requests.ts';
import { defineRoute } from '../../http/route.ts';
import { createCastVote } from '../../temporal/cast-vote.ts';
import { tellLookAgain } from '../../temporal/tell-look-again.ts';
import { ownRequest, requestParams } from './own-request.ts';
import type { RequestParts } from './parts.ts';
import { requestView } from './request-view.ts';

type Parts = Pick<
  RequestParts,
  | 'requests'
  | 'approvals'
  | 'content'
  | 'actions'
  | 'openRequest'
  | 'recordEvent'
  | 'signer'
  | 'temporal'
  | 'now'
>;

/** The requester withdraws a request that hasn't begun, or waits for an approval or until it may be sent. */
export function withdrawRequest(parts: Parts) {
  const { requests, approvals, actions, openRequest, recordEvent, temporal } = parts;
  const castVote = createCastVote(parts);

  const withdraw = async (actor: Actor, request: StoredRequest) => {
    if (await requests.withdrawUnstarted(actor.tenantId, request.id, actor.userId)) return;
    // The workflow may not have heard of it the first time.
    if (request.state === 'withdrawn') return tellLookAgain(temporal, actor, request.id).catch(() => {});
    if (await requests.withdrawWaiting(actor.tenantId, request.id, actor.userId))
      return tellLookAgain(temporal, actor, request.id);
    const actionsNow = await requests.actionsOf(actor.tenantId, request.id);
    const approvalId = actionsNow.find(({ state }) => state === 'waiting_approval')?.approvalId ?? undefined;
    const approval = approvalId === undefined ? undefined : await approvals.get(actor.tenantId, approvalId);
    if (approval === undefined) {
      // The same call, made a moment before, may have been faster.
      if ((await ownRequest(parts, actor, request.id)).state === 'withdrawn') return;
      throw new CodedError('REQUEST_NOT_PENDING');
    }
    await castVote({ actor, approval, choice: 'withdraw', digest: approval.digest, reason: undefined });
  };

  return defineRoute({
    ...calls.withdrawRequest,
    summary:
      'Take back one of your own requests that has not begun, waits for an approval, or waits until it may be sent',
    auth: 'requests.use',
    audit: 'request.withdrawn',
    request: { params: requestParams },
    response: { 200: requestViewSchema },
    errors: [
      'NOT_FOUND',
      'REQUEST_NOT_PENDING',
      'APPROVAL_NOT_PENDING',
      'APPROVAL_INTERRUPTED',
      'APPROVAL_EXPIRED',
      'AUDIT_WRITE_FAILED',
      'TEMPORAL_UNAVAILABLE',
      'DATABASE_UNAVAILABLE',
    ],
    async handle({ actor, params }) {
      const request = await ownRequest(parts, actor, params.id);
      await withdraw(actor, request);
      // Recorded afterwards, under a key of its own: repeating the call completes the record.
      await recordEvent(actor, {
        event: 'request.withdrawn',
        detail: `request ${request.id}`,
        outcome: 'success',
        requestId: request.id,
        dedupeKey: `withdrawn:${request.id}`,
      });
      const current = await ownRequest(parts, actor, params.id);
      return { status: 200, body: requestView(actions, await openRequest(current, actor.userId)) };
    },
  });
}
