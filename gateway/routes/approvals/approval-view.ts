import type { ActionTable } from '#connectors/registry.ts';
import type { ApprovalView } from '#domain/approval/approval.schema.ts';
import { askedAgainText, mayDecide } from '#domain/approval/approval.ts';
import type { Classification } from '#domain/classification/classification.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Wait } from '#domain/request/request.ts';
import { waitInWords } from '#domain/request/wait-words.ts';
import type { StoredApproval } from '#stores/approval/approvals.ts';
import type { PersonName } from '#stores/person/people.ts';

/** An approval with its contents opened, and the names of the people in it. */
export interface OpenedApproval {
  approval: StoredApproval;
  preview: string;
  decisionReason: string | null;
  /** The highest label of what it shows. */
  classification: Classification;
  names: ReadonlyMap<string, PersonName>;
  /** What its action waits for, if it is the newest approval of that. */
  waits: Wait | null;
}

/** An approval as seen by the requester and by the people who may decide it. */
export function approvalView(
  table: ActionTable,
  { approval, preview, decisionReason, names, waits }: OpenedApproval,
  { actor, at }: { actor: Actor; at: Date },
): ApprovalView {
  const requester = names.get(approval.requesterId);
  const { decidedBy } = approval;
  return {
    id: approval.id,
    request_id: approval.requestId,
    run_id: approval.runId,
    round: approval.round,
    state: approval.state,
    requester: {
      user_id: approval.requesterId,
      email: requester?.email ?? null,
      name: requester?.name ?? null,
      org_unit: approval.requesterOrgUnit,
    },
    action: approval.action,
    title: table.action(approval.action)?.title ?? approval.action,
    target: approval.target,
    preview,
    reason: approval.reason,
    policy_applied: approval.policyApplied,
    digest: approval.digest,
    approvers: { role: approval.approvers.role, org_unit: approval.approvers.orgUnit },
    may_decide: mayDecideNow(approval, actor, at),
    created_at: approval.createdAt,
    expires_at: approval.expiresAt,
    decided_at: approval.decidedAt,
    decided_by:
      decidedBy === null ? null : { user_id: decidedBy, email: names.get(decidedBy)?.email ?? null },
    decision_reason: decisionReason,
    asked_again:
      approval.askedAgain === null
        ? null
        : { code: approval.askedAgain, message: askedAgainText(approval.askedAgain) },
    waits: waits === null ? null : waitInWords(waits),
  };
}

function mayDecideNow(approval: StoredApproval, actor: Actor, at: Date): boolean {
  const open = approval.state === 'pending' && Date.parse(approval.expiresAt) > at.getTime();
  return open && approval.requesterId !== actor.userId && mayDecide(approval.approvers, actor);
}

/** May the person see it? Those who may decide it and the requester do, whatever its state. */
export function maySee(approval: StoredApproval, actor: Actor): boolean {
  return approval.requesterId === actor.userId || mayDecide(approval.approvers, actor);
}
