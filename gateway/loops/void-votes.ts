import { CodedError } from '#domain/error.ts';
import { requestOfActionRun } from '#domain/ids.ts';
import type { VoteCheck } from '#governance/check-approval.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { ApprovalStore, StoredApproval } from '#stores/approval/approvals.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import { questionOf } from '../temporal/cast-vote.ts';

interface VoidVotesOptions {
  tenants: Pick<TenantStore, 'list'>;
  approvals: Pick<ApprovalStore, 'approved' | 'votes' | 'close'>;
  checkVote: VoteCheck;
  recordEvent: RecordEvent;
}

/** Goes through all tenants once; returns how many approvals no longer hold. */
export type VoidVotes = (signal?: AbortSignal) => Promise<number>;

const batch = 100;

/**
 * Shows an approval as void soon after its voter lost the right to give it, if the effect hasn't happened yet. This is
 * only for show: whether it holds is decided where the effect is performed, and there people are asked again. Several
 * gateways may look at the same time: closing twice is closing once, and there is one entry.
 */
export function createVoidVotes(options: VoidVotesOptions): VoidVotes {
  const { tenants, approvals } = options;
  return async (signal) => {
    let closed = 0;
    for (const { id: tenantId } of await tenants.list()) {
      const waiting = await approvals.approved(tenantId, batch).catch(unlessGone);
      for (const approval of waiting) {
        if (signal?.aborted) return closed;
        if (await closeIfVoid(options, approval)) closed += 1;
      }
    }
    return closed;
  };
}

/** The tenant has been deleted since it was listed. */
function unlessGone(error: unknown): readonly StoredApproval[] {
  if (error instanceof CodedError && error.code === 'TENANT_UNKNOWN') return [];
  throw error;
}

async function closeIfVoid(options: VoidVotesOptions, approval: StoredApproval): Promise<boolean> {
  const { approvals, checkVote, recordEvent } = options;
  const { tenantId, id, round, runId } = approval;
  const question = questionOf(approval);
  for (const vote of await approvals.votes(tenantId, id)) {
    const problem = await checkVote(question, vote);
    if (problem !== 'APPROVAL_NOT_ALLOWED') continue;
    const { userId, role, orgUnit, voteId } = vote.claims;
    await recordEvent(
      { tenantId, userId, role, orgUnit },
      {
        event: 'rights.vote_void',
        detail: `the vote on ${id} no longer counts`,
        outcome: 'denied',
        requestId: requestOfActionRun(runId),
        metadata: { approval_id: id, round, vote_id: voteId },
        dedupeKey: `void:${voteId}`,
      },
    );
    await approvals.close(tenantId, id, { state: 'stale', decidedBy: null, reasonRef: null });
    return true;
  }
  return false;
}
