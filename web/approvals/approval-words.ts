import type { ApprovalView } from '#domain/approval/approval.schema.ts';
import type { Tone } from '../design/badge.tsx';
import { roleWord } from '../session/role-words.ts';

type State = ApprovalView['state'];

const words: Record<State, { word: string; tone: Tone }> = {
  pending: { word: 'Waiting', tone: 'wait' },
  approved: { word: 'Approved', tone: 'good' },
  rejected: { word: 'Rejected', tone: 'bad' },
  withdrawn: { word: 'Withdrawn', tone: 'quiet' },
  expired: { word: 'Expired', tone: 'quiet' },
  stale: { word: 'Out of date', tone: 'quiet' },
  consumed: { word: 'Approved and done', tone: 'good' },
};

export function approvalWords(state: State): { word: string; tone: Tone } {
  return words[state];
}

/** `comment on an issue, acme/website#7`: the name of an approval in lists and messages. */
export function approvalTitle(approval: Pick<ApprovalView, 'title' | 'target'>): string {
  return `${approval.title}: ${approval.target}`;
}

/** Name and address if they are known, else the id. */
export function personWords(person: { user_id: string; email: string | null; name?: string | null }): string {
  const known = person.email ?? person.user_id;
  return person.name ? `${person.name} (${known})` : known;
}

/** The state of an approval, for the person who waits for it. */
export function approvalSentence(
  approval: Pick<ApprovalView, 'state' | 'approvers' | 'decided_by' | 'decision_reason'>,
): string {
  if (approval.state === 'pending') {
    const { role, org_unit } = approval.approvers;
    return `Waits for a ${roleWord(role).toLowerCase()} or above who is responsible for ${org_unit}.`;
  }
  if (approval.state === 'expired') return 'It ran out of time, so nothing was done.';
  if (approval.state === 'stale') {
    return 'Action or policy changed after the decision, or it no longer counts, so nothing was done by it.';
  }
  // Whoever asked took it back; it may have been approved before.
  if (approval.state === 'withdrawn') return `${words.withdrawn.word}.`;
  const word = approval.state === 'consumed' ? words.approved.word : words[approval.state].word;
  const who = approval.decided_by === null ? '' : ` by ${personWords(approval.decided_by)}`;
  const why = approval.decision_reason === null ? '.' : `: ${approval.decision_reason}`;
  return `${word}${who}${why}`;
}

/** The first twelve of the 64 hex digits of a digest: enough to tell two apart by eye, not enough to rely on. */
export function shortDigest(digest: string): string {
  return digest.length <= 12 ? digest : `${digest.slice(0, 12)}…`;
}
