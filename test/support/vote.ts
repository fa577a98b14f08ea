import type { ApprovalQuestion, SignedVote, VoteChoice, VoteClaims } from '#domain/approval/approval.ts';
import { approvalWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Signer } from '#platform/crypto/signature.ts';
import { newId } from '#platform/new-id.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { decideApproval, withdrawApproval } from '#workflows/messages/approval.ts';

export function claimsOf(question: ApprovalQuestion, voter: Actor, choice: VoteChoice): VoteClaims {
  const { tenantId, approvalId, round, digest } = question;
  const { userId, role, orgUnit } = voter;
  const at = new Date().toISOString();
  return {
    voteId: newId('vote'),
    tenantId,
    approvalId,
    round,
    choice,
    digest,
    userId,
    role,
    orgUnit,
    reasonRef: null,
    at,
  };
}

export function signed(signer: Signer, claims: VoteClaims): SignedVote {
  return { claims, keyId: signer.keyId, signature: signer.sign(claims) };
}

/** Puts a vote to an approval's workflow as the gateway does; resolves when it counts. */
export async function put(
  temporal: Temporal,
  question: ApprovalQuestion,
  vote: SignedVote,
): Promise<{ outcome: string }> {
  const { tenantId, approvalId, round } = question;
  const { userId, choice, voteId } = vote.claims;
  const caller = { tenantId, actorId: userId, traceId: approvalId };
  return temporal.as(caller, (client) =>
    client.workflow
      .getHandle(approvalWorkflowId(tenantId, approvalId, round))
      .executeUpdate(choice === 'withdraw' ? withdrawApproval : decideApproval, {
        args: [vote],
        updateId: voteId,
      }),
  );
}

/** The code that an update was refused with; fails when it was not refused. */
export async function refusalOf(update: Promise<unknown>): Promise<string | undefined> {
  try {
    await update;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof Error && 'type' in cause) return String(cause.type);
    throw error;
  }
  throw new Error('it was not refused');
}
