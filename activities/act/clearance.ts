import {
  type ApprovalQuestion,
  type AskedAgain,
  askedAgainCodes,
  type SignedVote,
} from '#domain/approval/approval.ts';
import type { ErrorCode } from '#domain/error.ts';
import { type ApprovalCheck, checkApproval } from '#governance/check-approval.ts';
import { isQuestionOf } from '#governance/end-approval.ts';
import { unsentCodeOf } from '#governance/perform/recorded-result.ts';
import type { StoredApproval } from '#stores/approval/approvals.ts';
import { notSo } from '../not-so.ts';
import type { Act, ActOptions } from './acting.ts';
import { endOfNewest, namedTimeOf } from './due-run.ts';

/** May the action run now? If not: why, and what happens instead. */
export type Clearance =
  | { kind: 'act'; approval: GivenApproval | null }
  | { kind: 'ask'; why: AskedAgain | null }
  | { kind: 'denied' | 'stale' }
  | { kind: 'expired' };

export interface GivenApproval {
  id: string;
  actBefore: Date;
  /** Until then a time that the provider names is waited for. */
  waitBefore: Date;
}

export async function clearanceFor(options: ActOptions, act: Act): Promise<Clearance> {
  const { decision, input, run } = act;
  const { approval } = input;
  switch (decision.verdict) {
    case 'deny':
      return { kind: 'denied' };
    case 'allow':
    case 'notify':
      return approval === undefined ? { kind: 'act', approval: null } : { kind: 'stale' };
    case 'require_approval': {
      const isOwn = approval?.question.items.some(({ runId }) => runId === run.runId) === true;
      if (!isOwn) return afterEarlier(act);
      const { question, votes } = approval;
      if (question.digest !== decision.digest) return { kind: 'stale' };
      return clearanceBy(options, act, question, votes);
    }
  }
}

/** Nobody has votes for this run: what follows from how the one before ended. */
function afterEarlier({ run: { earlier }, begun }: Act): Clearance {
  if (earlier === null) return { kind: 'ask', why: begun.action.approvalId === null ? null : 'lost' };
  const code = unsentCodeOf(earlier.outcome);
  if (code === null) return { kind: 'ask', why: 'send_again' };
  if (code === 'APPROVAL_STALE') return { kind: 'stale' };
  return { kind: 'ask', why: askedAgainCodes.find((why) => codesOfAsking[why] === code) ?? 'lost' };
}

async function clearanceBy(
  options: ActOptions,
  act: Act,
  question: ApprovalQuestion,
  votes: readonly SignedVote[],
): Promise<Clearance> {
  const stored = await options.approvals.get(question.tenantId, question.approvalId);
  // Votes that were never recorded allow nothing: a stranger at the Temporal port can answer in place of the activity
  // that counts them.
  if (stored === undefined || stored.state === 'pending') return { kind: 'ask', why: 'lost' };
  if (!isQuestionOf(question, stored)) throw notSo('nobody asked that');
  const named = namedTimeOf(act.run);
  const namedTime = named === null ? null : new Date(options.now().getTime() + named.inMs);
  const times = { expiresAt: new Date(stored.expiresAt), namedTime };
  const check = await checkInWorkingTime(options, { question, votes, times });
  if (!check.holds && check.why === 'late') {
    const didWait = (endOfNewest(act.run)?.againAt ?? null) !== null;
    return didWait ? { kind: 'ask', why: 'named_time' } : { kind: 'expired' };
  }
  if (!check.holds || !isApproved(stored)) return { kind: 'ask', why: 'vote_void' };
  const { actBefore, stillMs } = check;
  const lives = new Date(times.expiresAt.getTime() + stillMs);
  return {
    kind: 'act',
    approval: { id: question.approvalId, actBefore, waitBefore: lives > actBefore ? lives : actBefore },
  };
}

function isApproved({ state }: StoredApproval): boolean {
  return state === 'approved' || state === 'consumed';
}

interface Checked {
  question: ApprovalQuestion;
  votes: readonly SignedVote[];
  times: NonNullable<Parameters<typeof checkApproval>[4]>;
}

type CheckInWorkingTime =
  | Extract<ApprovalCheck, { holds: false }>
  | { holds: true; actBefore: Date; stillMs: number };

/** Time during which the tenant is suspended doesn't count against the time for the effect. */
async function checkInWorkingTime(
  options: ActOptions,
  { question, votes, times }: Checked,
): Promise<CheckInWorkingTime> {
  const at = options.now();
  const check = await checkApproval(options.checkVote, question, votes, at, times);
  if (check.holds) return { ...check, stillMs: 0 };
  if (check.why !== 'late') return check;
  const lastVote = Math.max(...votes.map(({ claims }) => Date.parse(claims.at)));
  const time = { since: new Date(lastVote).toISOString(), until: at.toISOString() };
  const stillMs = await options.tenants.stoodStillMs(question.tenantId, time);
  if (stillMs <= 0) return check;
  const earlier = new Date(at.getTime() - stillMs);
  const again = await checkApproval(options.checkVote, question, votes, earlier, times);
  return again.holds
    ? { holds: true, actBefore: new Date(again.actBefore.getTime() + stillMs), stillMs }
    : again;
}

/** What goes on record when it may no longer be sent under its run, and surely was not. */
export function unsentCode(clearance: Exclude<Clearance, { kind: 'act' | 'expired' }>): ErrorCode {
  switch (clearance.kind) {
    case 'denied':
      return 'POLICY_DENIED';
    case 'stale':
      return 'APPROVAL_STALE';
    case 'ask':
      return clearance.why === null ? codesOfAsking.lost : codesOfAsking[clearance.why];
  }
}

/** What is on record of a run that is over because people are asked again. */
const codesOfAsking = {
  vote_void: 'POLICY_APPROVAL_REQUIRED',
  named_time: 'api_rate_limited',
  send_again: 'OUTCOME_UNKNOWN',
  lost: 'APPROVAL_NOT_PENDING',
} as const satisfies Record<AskedAgain, ErrorCode>;
