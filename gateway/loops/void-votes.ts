import { CodedError } from '#domain/error.ts';
import { requestOfActionRun } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import { isErasedAlias } from '#domain/person/erased.ts';
import { nobody } from '#domain/person/nobody.ts';
import type { VoteCheck } from '#governance/check-approval.ts';
import { type EndApproval, maySend, questionOf } from '#governance/end-approval.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { ApprovalStore, StoredApproval } from '#stores/approval/approvals.ts';
import type { Ledger } from '#stores/audit/ledger.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';

interface VoidVotesOptions {
  tenants: Pick<TenantStore, 'list'>;
  approvals: Pick<ApprovalStore, 'approved' | 'votes'>;
  ledger: Pick<Ledger, 'claimOf'>;
  endApproval: EndApproval;
  checkVote: VoteCheck;
  recordEvent: RecordEvent;
  /** Wakes the request, in case it waits for a time that the provider named; throws when it can't be reached. */
  lookAgain(voter: Actor, requestId: string): Promise<void>;
}

/** Goes through all tenants once; returns how many approvals no longer hold. */
export type VoidVotes = (signal?: AbortSignal) => Promise<number>;

const batch = 100;

/**
 * Shows an approval as void soon after its voter lost the right to give it, if the effect hasn't happened yet, and has
 * the request look. Whether the vote holds is decided where the effect is performed, and there people are asked again.
 * Several gateways may look at the same time: closing twice is closing once, and there is one entry.
 */
export function createVoidVotes(options: VoidVotesOptions): VoidVotes {
  const { tenants } = options;
  return async (signal) => {
    let closed = 0;
    const failures: unknown[] = [];
    for (const { id: tenantId } of await tenants.list()) {
      for await (const approval of approvedOf(options, tenantId)) {
        if (signal?.aborted) return closed;
        // One whose request can't be told stays as it is, and is looked at again the next time.
        const isClosed = await closeIfVoid(options, approval).catch((error: unknown) => {
          failures.push(error);
          return false;
        });
        if (isClosed) closed += 1;
      }
    }
    if (failures.length > 0) throw failures[0];
    return closed;
  };
}

/** All that are approved and not carried out yet: in a tenant that a provider limits, these may be many. */
async function* approvedOf(
  { approvals }: VoidVotesOptions,
  tenantId: string,
): AsyncGenerator<StoredApproval> {
  for (let after = ''; ; ) {
    const page = await approvals.approved(tenantId, { after, limit: batch }).catch(unlessGone);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < batch) return;
    after = last.id;
  }
}

/** The tenant has been deleted since it was listed. */
function unlessGone(error: unknown): readonly StoredApproval[] {
  if (error instanceof CodedError && error.code === 'TENANT_UNKNOWN') return [];
  throw error;
}

async function closeIfVoid(options: VoidVotesOptions, approval: StoredApproval): Promise<boolean> {
  const { approvals, ledger, checkVote, endApproval, recordEvent, lookAgain } = options;
  const { tenantId, id, round, runId } = approval;
  const question = questionOf(approval);
  for (const vote of await approvals.votes(tenantId, id)) {
    const { userId, role, orgUnit, voteId } = vote.claims;
    const isErased = isErasedAlias(userId);
    const problem = isErased ? 'APPROVAL_NOT_ALLOWED' : await checkVote(question, vote);
    if (problem !== 'APPROVAL_NOT_ALLOWED') continue;
    // What is in flight shows by its outcome, and no vote changes that any more.
    if (maySend(await ledger.claimOf(tenantId, runId))) return false;
    const voter: Actor = isErased ? nobody(tenantId) : { tenantId, userId, role, orgUnit };
    const requestId = requestOfActionRun(runId);
    await recordEvent(voter, {
      event: 'rights.vote_void',
      detail: `the vote on ${id} no longer counts`,
      outcome: 'denied',
      requestId,
      metadata: { approval_id: id, round, vote_id: voteId },
      dedupeKey: `void:${voteId}`,
    });
    await lookAgain(voter, requestId);
    const { verdict } = await endApproval(tenantId, id, { state: 'stale' });
    return verdict === 'ends';
  }
  return false;
}
