import type { SignedVote } from '#domain/approval/approval.ts';
import { CodedError } from '#domain/error.ts';
import { codeOf } from '#platform/database/failure.ts';
import type { TenantTx } from '../database.ts';

/**
 * False when this vote id is on record already; throws `NOT_FOUND` for an unknown approval, `APPROVAL_NOT_ALLOWED` for
 * a voter who is no longer known. Erasing the person waits for this transaction, and then sees the vote.
 */
export async function recordVote(tx: TenantTx, { claims, keyId, signature }: SignedVote): Promise<boolean> {
  // What is read back must be what was signed, to the letter.
  if (new Date(claims.at).toISOString() !== claims.at) {
    throw new CodedError('INVALID_REQUEST', { detail: { field: 'at' } });
  }
  const voter = await tx
    .selectFrom('people')
    .select('user_id')
    .where('user_id', '=', claims.userId)
    .forKeyShare()
    .executeTakeFirst();
  // A withdrawal is the requester's own, and an erasure waits for their open request.
  if (voter === undefined && claims.choice !== 'withdraw') throw new CodedError('APPROVAL_NOT_ALLOWED');
  try {
    const inserted = await tx
      .insertInto('approval_votes')
      .values({
        vote_id: claims.voteId,
        approval_id: claims.approvalId,
        round: claims.round,
        choice: claims.choice,
        digest: claims.digest,
        user_id: claims.userId,
        role: claims.role,
        org_unit: claims.orgUnit,
        reason_ref: claims.reasonRef,
        at: claims.at,
        version: claims.version ?? null,
        key_id: keyId,
        signature,
      })
      .onConflict((conflict) => conflict.column('vote_id').doNothing())
      .returning('vote_id')
      .executeTakeFirst();
    return inserted !== undefined;
  } catch (cause) {
    if (codeOf(cause) === '23503') throw new CodedError('NOT_FOUND', { cause });
    throw cause;
  }
}

export async function readVotes(tx: TenantTx, tenantId: string, approvalId: string): Promise<SignedVote[]> {
  const rows = await tx
    .selectFrom('approval_votes')
    .selectAll()
    .where('approval_id', '=', approvalId)
    .orderBy('at')
    .orderBy('vote_id')
    .execute();
  return rows.map((row) => ({
    claims: {
      voteId: row.vote_id,
      tenantId,
      approvalId: row.approval_id,
      round: row.round,
      choice: row.choice,
      digest: row.digest,
      userId: row.user_id,
      role: row.role,
      orgUnit: row.org_unit,
      reasonRef: row.reason_ref,
      at: row.at,
      ...(row.version === null ? {} : { version: row.version }),
    },
    keyId: row.key_id,
    signature: row.signature,
  }));
}
