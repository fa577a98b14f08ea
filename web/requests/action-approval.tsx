import { useEffect, useState } from 'preact/hooks';
import type { ApprovalView } from '#domain/approval/approval.schema.ts';
import { getApproval } from '#domain/approval/calls.ts';
import type { Api } from '../api/call-api.ts';
import { approvalSentence } from '../approvals/approval-words.ts';
import { expiryWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';

/**
 * What the requester sees of the approval: who may decide and until when; afterwards, who did. The reason is shown with
 * the action.
 */
export function ActionApproval({ id, api }: { id: string; api: Api }) {
  const [approval, setApproval] = useState<ApprovalView>();

  useEffect(() => {
    let left = false;
    // This only adds to the state of the action, which stands beside it; if the call fails, nothing is shown.
    api(getApproval, { params: { id } }).then(
      (found) => {
        if (!left) setApproval(found);
      },
      () => undefined,
    );
    return () => {
      left = true;
    };
  }, [api, id]);

  if (approval === undefined) return null;
  return (
    <p class="outside">
      {approval.state === 'pending' && approval.asked_again !== null && `${approval.asked_again.message} `}
      {approvalSentence({ ...approval, decision_reason: null })}
      {approval.state === 'pending' && (
        <>
          {' It '}
          <When at={approval.expires_at} words={expiryWords} />.
        </>
      )}
    </p>
  );
}
