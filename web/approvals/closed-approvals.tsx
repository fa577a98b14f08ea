import type { ApprovalView } from '../api/types.ts';
import { Badge } from '../design/badge.tsx';
import { timeWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';
import { approvalSentence, approvalTitle, approvalWords, personWords } from './approval-words.ts';

/** What was decided, or is past deciding. */
export function ClosedApprovals({ approvals }: { approvals: readonly ApprovalView[] }) {
  if (approvals.length === 0) return null;
  return (
    <details class="closed">
      <summary>Closed ({approvals.length})</summary>
      <ul class="cards">
        {approvals.map((approval) => (
          <li key={approval.id} class="card">
            <p class="row">
              <span class="outside title">{approvalTitle(approval)}</span>
              <Badge {...approvalWords(approval.state)} />
            </p>
            <p class="small quiet outside">
              Asked by {personWords(approval.requester)} <When at={approval.created_at} words={timeWords} />.{' '}
              {approvalSentence(approval)}
            </p>
          </li>
        ))}
      </ul>
    </details>
  );
}
