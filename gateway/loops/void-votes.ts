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
  log: { warn(fields: object, message: string): void };
  /** Milliseconds between two looks. */
  intervalMs: number;
}

export interface VoidVotes {
  /** One look at every tenant; returns how many approvals no longer hold. */
  look(): Promise<number>;
  start(): void;
  /** Waits for the look that is under way. */
  stop(): Promise<void>;
}

const batch = 100;

/**
 * An approval whose effect hasn't happened yet is shown as void soon after a voter lost the right to give it. This only
 * shows: whether it holds is decided where the effect is performed, and there a new round is asked.
 * Several gateways may look at once: closing twice is closing once, and the record is kept once.
 */
export function createVoidVotes(options: VoidVotesOptions): VoidVotes {
  const { tenants, approvals, log, intervalMs } = options;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const look = async () => {
    let closed = 0;
    for (const { id: tenantId } of await tenants.list()) {
      const waiting = await approvals.approved(tenantId, batch).catch(unlessGone);
      for (const approval of waiting) {
        if (stopped) return closed;
        if (await closeIfVoid(options, approval)) closed += 1;
      }
    }
    return closed;
  };

  const schedule = () => {
    if (stopped) return;
    const next = () => {
      running = look()
        .catch((error: unknown) => log.warn({ err: error }, 'votes could not be looked at; they are again'))
        .then(schedule);
    };
    timer = setTimeout(next, intervalMs * (0.8 + 0.4 * Math.random())).unref();
  };

  return {
    look,
    start: schedule,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** The tenant was deleted since it was listed. */
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
