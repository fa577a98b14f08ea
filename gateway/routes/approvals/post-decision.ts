import { approvalDecision, approvalView as approvalViewSchema } from '#domain/approval/approval.schema.ts';
import * as calls from '#domain/approval/calls.ts';
import { CodedError } from '#domain/error.ts';
import { isId } from '#domain/ids.ts';
import { defineRoute } from '../../http/route.ts';
import { createCastVote } from '../../temporal/cast-vote.ts';
import { approvalParams } from './approval-params.ts';
import { approvalView, maySee } from './approval-view.ts';
import type { ApprovalParts } from './parts.ts';

/** A person approves or rejects exactly what the digest names. */
export function postDecision(parts: Omit<ApprovalParts, 'governedRead'>) {
  const { approvals, actions, openApprovals, recordEvent, now } = parts;
  const castVote = createCastVote(parts);
  return defineRoute({
    ...calls.postDecision,
    summary:
      'Approve or reject; a rejection says why. Sent again, as after a lost answer, it is the same decision',
    auth: 'approvals.decide',
    audit: 'approval.voted',
    request: { params: approvalParams, body: approvalDecision },
    response: { 200: approvalViewSchema },
    errors: [
      'NOT_FOUND',
      'APPROVAL_NOT_PENDING',
      'APPROVAL_INTERRUPTED',
      'APPROVAL_EXPIRED',
      'APPROVAL_DIGEST_MISMATCH',
      'APPROVAL_OWN_REQUEST',
      'APPROVAL_NOT_ALLOWED',
      'VOTE_SIGNATURE_INVALID',
      'TENANT_MISMATCH',
      'AUDIT_WRITE_FAILED',
      'TEMPORAL_UNAVAILABLE',
      'DATABASE_UNAVAILABLE',
    ],
    async handle({ actor, params, body: { decision, digest, reason } }) {
      const approval = isId('approval', params.id)
        ? await approvals.get(actor.tenantId, params.id)
        : undefined;
      if (approval === undefined) throw new CodedError('NOT_FOUND');
      if (!maySee(approval, actor)) {
        await recordEvent(actor, {
          event: 'approval.voted',
          detail: `${decision} ${approval.id}`,
          outcome: 'denied',
          requestId: approval.requestId,
          metadata: { approval_id: approval.id, error: 'APPROVAL_NOT_ALLOWED' },
        });
        throw new CodedError('NOT_FOUND');
      }
      await castVote({ actor, approval, choice: decision, digest, reason });
      const decided = (await approvals.get(actor.tenantId, params.id)) ?? approval;
      const [opened] = await openApprovals(actor.tenantId, [decided]);
      if (opened === undefined) throw new CodedError('NOT_FOUND');
      return { status: 200, body: approvalView(actions, opened, { actor, at: now() }) };
    },
  });
}
