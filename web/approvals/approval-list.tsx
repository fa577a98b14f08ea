import { useRef, useState } from 'preact/hooks';
import type { ApprovalDecision, ApprovalView } from '#domain/approval/approval.schema.ts';
import { approvalPageMax } from '#domain/approval/approval.ts';
import type { Api } from '../api/call-api.ts';
import { asFailure, type Failure } from '../api/failure.ts';
import { Problem } from '../design/problem.tsx';
import type { Drafts } from '../session/drafts.ts';
import { ApprovalCard } from './approval-card.tsx';
import { approvalTitle, approvalWords } from './approval-words.ts';
import { ClosedApprovals } from './closed-approvals.tsx';
import { rowKey, toDecide } from './known-approvals.ts';
import { useApprovals } from './use-approvals.ts';

interface ApprovalListProps {
  api: Api;
  live: boolean;
  drafts: Drafts;
  userId: string;
  announce: (words: string) => void;
}

/** Approvals that wait for this person's decision, and what became of others. */
export function ApprovalList({ api, live, drafts, userId, announce }: ApprovalListProps) {
  const { approvals, loaded, failure, decide } = useApprovals({ api, live, announce });
  const [refused, setRefused] = useState<{ about: string; failure: Failure }>();
  const heading = useRef<HTMLHeadingElement>(null);
  /** How many were decided here: each of these is one more that is closed. */
  const [decided, setDecided] = useState(0);
  const waiting = toDecide(approvals);

  // The card may be gone when the answer arrives, so both outcomes are announced in places that stay.
  async function take(approval: ApprovalView, decision: Omit<ApprovalDecision, 'digest'>): Promise<boolean> {
    setRefused(undefined);
    try {
      const current = await decide(approval, decision);
      announce(`${approvalTitle(current)}: ${approvalWords(current.state).word}`);
      setDecided((n) => n + 1);
      heading.current?.focus();
      return true;
    } catch (thrown) {
      setRefused({ about: approvalTitle(approval), failure: asFailure(thrown) });
      return false;
    }
  }

  return (
    <section class="column" aria-labelledby="approvals-title">
      <h2 id="approvals-title" ref={heading} tabIndex={-1}>
        Approvals {waiting.length > 0 && <span class="count">{waiting.length}</span>}
      </h2>
      {failure && <Problem failure={failure} about="This list may be out of date" />}
      {refused && <Problem failure={refused.failure} about={refused.about} />}
      {loaded && waiting.length === 0 && <p class="quiet">Nothing waits for you.</p>}
      <ul class="cards">
        {waiting.map((approval) => (
          <li key={rowKey(approval)}>
            <ApprovalCard approval={approval} drafts={drafts} take={take} />
          </li>
        ))}
      </ul>
      {approvals.length >= approvalPageMax && (
        <p class="quiet">There are more than fit here; they come up as these are decided.</p>
      )}
      <ClosedApprovals api={api} userId={userId} decided={decided} />
    </section>
  );
}
