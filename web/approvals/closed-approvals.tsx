import { useEffect, useState } from 'preact/hooks';
import type { ApprovalView } from '#domain/approval/approval.schema.ts';
import { listApprovals } from '#domain/approval/calls.ts';
import type { Api } from '../api/call-api.ts';
import { asFailure, type Failure } from '../api/failure.ts';
import { Badge } from '../design/badge.tsx';
import { Problem } from '../design/problem.tsx';
import { agoWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';
import { approvalSentence, approvalTitle, approvalWords, personWords } from './approval-words.ts';
import { closed } from './known-approvals.ts';

interface ClosedApprovalsProps {
  api: Api;
  userId: string;
  /** Fetches again whenever this changes. */
  decided: number;
}

/** Approvals that were decided or can no longer be. Fetched only while unfolded: every look is recorded. */
export function ClosedApprovals({ api, userId, decided }: ClosedApprovalsProps) {
  const [unfolded, setUnfolded] = useState(false);
  const [approvals, setApprovals] = useState<readonly ApprovalView[]>();
  const [failure, setFailure] = useState<Failure>();

  useEffect(() => {
    if (!unfolded) return;
    setFailure(undefined);
    api(listApprovals).then(
      (page) => setApprovals(closed(page.approvals, userId)),
      (thrown: unknown) => setFailure(asFailure(thrown)),
    );
  }, [api, userId, decided, unfolded]);

  return (
    <details class="closed" onToggle={(event) => setUnfolded(event.currentTarget.open)}>
      <summary>Closed</summary>
      {failure && <Problem failure={failure} />}
      {approvals?.length === 0 && <p class="quiet">Nothing yet.</p>}
      <ul class="cards">
        {approvals?.map((approval) => (
          <li key={approval.id} class="card">
            <p class="row">
              <span class="outside title">{approvalTitle(approval)}</span>
              <Badge {...approvalWords(approval.state)} />
            </p>
            <p class="small quiet outside">
              Asked by {personWords(approval.requester)} <When at={approval.created_at} words={agoWords} />.{' '}
              {approvalSentence(approval)}
            </p>
          </li>
        ))}
      </ul>
    </details>
  );
}
