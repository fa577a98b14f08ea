import { type VoteChoice, type VoteClaims, voteRefusal, voteVersion } from '#domain/approval/approval.ts';
import type { Classification } from '#domain/classification/classification.ts';
import { raisedByContent } from '#domain/classification/classify-content.ts';
import { labelOf } from '#domain/classification/derive-classification.ts';
import { CodedError, type ErrorCode } from '#domain/error.ts';
import { approvalWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import { questionOf } from '#governance/end-approval.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Signer } from '#platform/crypto/signature.ts';
import { newId } from '#platform/new-id.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import type { ApprovalStore, StoredApproval } from '#stores/approval/approvals.ts';
import type { ContentStore, NewContent } from '#stores/content/content.ts';
import { decideApproval, withdrawApproval } from '#workflows/messages/approval.ts';
import { askWorkflow } from './ask-workflow.ts';

interface Vote {
  actor: Actor;
  approval: StoredApproval;
  choice: VoteChoice;
  /** Digest of what the person was shown. */
  digest: string;
  reason: string | undefined;
}

export type CastVote = (vote: Vote) => Promise<void>;

interface CastVoteOptions {
  approvals: Pick<ApprovalStore, 'get' | 'votes'>;
  content: ContentStore;
  recordEvent: RecordEvent;
  signer: Signer;
  temporal: Temporal;
  now(): Date;
}

/**
 * Checks a vote, signs it and sends it to the workflow of the approval, which has the last word. Refusals are audited.
 * One that decided the approval already, and whose answer may have been lost, is taken again: nothing is done or recorded
 * twice.
 */
export function createCastVote(options: CastVoteOptions): CastVote {
  const { signer, temporal, now } = options;
  return async (vote) => {
    const { actor, approval, choice, digest, reason } = vote;
    const claims: VoteClaims = {
      version: voteVersion,
      voteId: newId('vote'),
      tenantId: actor.tenantId,
      approvalId: approval.id,
      round: approval.round,
      choice,
      digest,
      userId: actor.userId,
      role: actor.role,
      orgUnit: actor.orgUnit,
      reasonRef: null,
      at: now().toISOString(),
    };
    const refusal = refusalOf(approval, claims, now());
    if (refusal !== undefined) {
      if (await hasDecided(options, vote)) return;
      await recordRefusal(options, vote, refusal);
      throw new CodedError(refusal);
    }
    const reasonRef = reason === undefined ? null : await saveReason(options, vote, reason);
    const signed = { ...claims, reasonRef };
    const asked = askWorkflow({
      temporal,
      actor,
      requestId: approval.requestId,
      gone: 'APPROVAL_NOT_PENDING',
      ask: (client) =>
        client.workflow
          .getHandle(approvalWorkflowId(actor.tenantId, approval.id, approval.round))
          .executeUpdate(choice === 'withdraw' ? withdrawApproval : decideApproval, {
            args: [{ claims: signed, keyId: signer.keyId, signature: signer.sign(signed) }],
            updateId: claims.voteId,
          }),
    });
    await asked.catch(async (error: unknown) => {
      // The same vote, sent a moment before, may have been faster; or this one counted, and we did not hear of it.
      if (!(await hasDecided(options, vote))) throw await asItIs(options, vote, error);
    });
  };
}

/** Is it this person's vote, saying just this, that ended the approval? Whatever reason it gave then stands. */
async function hasDecided(
  { approvals }: CastVoteOptions,
  { actor: { tenantId, userId }, approval: { id }, choice, digest }: Vote,
): Promise<boolean> {
  const approval = await approvals.get(tenantId, id);
  // A vote on record that was refused afterwards decided nothing.
  if (approval === undefined || approval.state === 'pending' || approval.decidedBy !== userId) return false;
  if (approval.digest !== digest) return false;
  const votes = await approvals.votes(tenantId, id);
  return votes.some(
    ({ claims }) =>
      claims.userId === userId &&
      claims.choice === choice &&
      claims.digest === digest &&
      claims.round === approval.round,
  );
}

/** A workflow that ends in order writes that down first: where the row still waits, somebody else ended it. */
async function asItIs(
  { approvals }: CastVoteOptions,
  { actor: { tenantId }, approval: { id } }: Vote,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof CodedError) || error.code !== 'APPROVAL_NOT_PENDING') return error;
  const current = await approvals.get(tenantId, id);
  return current?.state === 'pending' ? new CodedError('APPROVAL_INTERRUPTED', { cause: error }) : error;
}

/** A reason may repeat what it is about: it gets that label, or a higher one by its own words. */
export function reasonContent(actor: Actor, value: string, about: Classification): NewContent {
  const { tenantId, userId: ownerId } = actor;
  const classification = raisedByContent(about, value);
  return { tenantId, ownerId, purpose: 'decision_reason', classification, value };
}

/** Saves the reason of a vote, with at least the label of what the voter was shown. */
async function saveReason(
  { content }: CastVoteOptions,
  { actor, approval }: Vote,
  reason: string,
): Promise<string> {
  const shown = await content.getAllLabelled(actor.tenantId, [approval.previewRef]);
  return content.save(reasonContent(actor, reason, labelOf([...shown.values()])));
}

function refusalOf(approval: StoredApproval, claims: VoteClaims, at: Date): ErrorCode | undefined {
  const refusal = voteRefusal(questionOf(approval), claims);
  if (refusal !== undefined) return refusal;
  if (approval.state === 'expired') return 'APPROVAL_EXPIRED';
  if (approval.state !== 'pending') return 'APPROVAL_NOT_PENDING';
  return Date.parse(approval.expiresAt) <= at.getTime() ? 'APPROVAL_EXPIRED' : undefined;
}

async function recordRefusal(
  { recordEvent }: CastVoteOptions,
  { actor, approval, choice }: Vote,
  error: ErrorCode,
): Promise<void> {
  await recordEvent(actor, {
    event: 'approval.voted',
    detail: `${choice} ${approval.id}`,
    outcome: 'denied',
    requestId: approval.requestId,
    metadata: { approval_id: approval.id, round: approval.round, error },
  });
}
