import { allHandlersFinished, condition, setCurrentDetails, setHandler } from '@temporalio/workflow';
import {
  type ApprovalOutcome,
  type ApprovalResult,
  type SignedVote,
  voteRefusal,
} from '#domain/approval/approval.ts';
import { approvalWorkflowId } from '#domain/ids.ts';
import { countVote, expireApproval } from './activities.ts';
import { refuse } from './failures.ts';
import {
  type ApprovalInput,
  approvalProgress,
  decideApproval,
  withdrawApproval,
} from './messages/approval.ts';
import { refuseForeign } from './refuse-foreign.ts';
import { showState } from './visibility.ts';
import { inWorkingTime } from './working-time.ts';

const outcomes = { approve: 'approved', reject: 'rejected', withdraw: 'withdrawn' } as const;

/**
 * One question to the people who may answer it. The first valid vote ends it: approve, reject, or the requester
 * withdrawing; without one it expires. It only decides; the request that asked does the acting.
 */
export async function approval(input: ApprovalInput): Promise<ApprovalResult> {
  refuseForeign(() => idOf(input));
  const { question, requester, expiresMs } = input;
  let outcome: ApprovalOutcome | undefined;
  let expired = false;
  let counting = false;
  let askingTime = false;
  const votes: SignedVote[] = [];

  const refuseOrPass = (vote: SignedVote) => {
    if (expired) throw refuse('APPROVAL_EXPIRED');
    if (outcome !== undefined) throw refuse('APPROVAL_NOT_PENDING');
    const refusal = voteRefusal(question, vote.claims);
    if (refusal !== undefined) throw refuse(refusal);
  };

  /**
   * Counts one vote at a time: its signature is verified in an activity, and an approval that ended meanwhile stays
   * ended. Nothing may be awaited between the look at `counting` and the change to it: all who wait are woken together,
   * so each has to look again. Once the deadline has come, no vote counts until we know whether the deadline stands.
   */
  const count = async (vote: SignedVote): Promise<ApprovalResult> => {
    while (counting || askingTime) await condition(() => !counting && !askingTime);
    refuseOrPass(vote);
    counting = true;
    try {
      const refusal = await countVote(question, vote);
      // `undefined`: a stranger answered in place of the activity.
      if (refusal !== null) throw refuse(refusal ?? 'CONTENT_UNREADABLE');
      votes.push(vote);
      outcome = outcomes[vote.claims.choice];
      return { outcome, votes };
    } finally {
      counting = false;
    }
  };

  setHandler(approvalProgress, () => ({ state: outcome ?? 'pending', question }));
  setHandler(decideApproval, count, {
    validator: (vote) => {
      refuseUnless(vote, ['approve', 'reject']);
      refuseOrPass(vote);
    },
  });
  setHandler(withdrawApproval, count, {
    validator: (vote) => {
      refuseUnless(vote, ['withdraw']);
      refuseOrPass(vote);
    },
  });
  setCurrentDetails(describe());

  const { tenantId, approvalId } = question;
  const decided = await inWorkingTime(() => outcome !== undefined, {
    tenantId,
    approvalId,
    ms: expiresMs,
    asking: (is) => {
      askingTime = is;
    },
  });
  expired = !decided;
  askingTime = false;
  if (!decided) {
    while (counting) await condition(() => !counting);
    if (outcome === undefined) {
      await expireApproval(requester, question);
      outcome = 'expired';
    }
  }
  showState(outcome ?? 'expired');
  setCurrentDetails(describe());
  await condition(allHandlersFinished);
  return { outcome: outcome ?? 'expired', votes };

  function describe(): string {
    const { approvers, items } = question;
    const what = items.map(({ action, target }) => `- \`${action}\` on ${target}`).join('\n');
    return `**${outcome ?? 'pending'}**: ${approvers.role} of ${approvers.orgUnit} or above\n\n${what}`;
  }
}

function idOf({ question: { tenantId, approvalId, round } }: ApprovalInput): string {
  return approvalWorkflowId(tenantId, approvalId, round);
}

function refuseUnless(vote: SignedVote, choices: readonly SignedVote['claims']['choice'][]): void {
  if (!choices.includes(vote.claims.choice)) throw refuse('INVALID_REQUEST');
}
