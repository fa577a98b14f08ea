import type { ApprovalDecision, ApprovalView } from '#domain/approval/approval.schema.ts';
import { Facts } from '../design/facts.tsx';
import { PlainBlock } from '../design/plain-block.tsx';
import { agoWords, expiryWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';
import type { Drafts } from '../session/drafts.ts';
import { approvalTitle, personWords } from './approval-words.ts';
import { DecisionForm } from './decision-form.tsx';
import { Digest } from './digest.tsx';
import { exactText } from './exact-text.ts';

interface ApprovalCardProps {
  approval: ApprovalView;
  drafts: Drafts;
  /** False when it was refused. */
  take: (approval: ApprovalView, decision: Omit<ApprovalDecision, 'digest'>) => Promise<boolean>;
}

/** Everything that a person needs to decide: who asks, for what exactly, why it needs a person, by which policy. */
export function ApprovalCard({ approval, drafts, take }: ApprovalCardProps) {
  const titleId = `title-${approval.id}`;
  return (
    <article class="card approval" aria-labelledby={titleId}>
      <h3 id={titleId} class="outside">
        {approvalTitle(approval)}
      </h3>
      <p class="quiet">
        {personWords(approval.requester)}, {approval.requester.org_unit}, asked{' '}
        <When at={approval.created_at} words={agoWords} />;{' '}
        <When at={approval.expires_at} words={expiryWords} />
      </p>
      {approval.asked_again !== null && <p>{approval.asked_again.message}</p>}
      {approval.waits !== null && <p>{approval.waits.message}</p>}
      <PlainBlock label="Exactly what would be sent" text={exactText(approval.preview)} />
      <Facts
        facts={[
          ['Why a human', approval.reason],
          ['Policy', <code key="policy">{approval.policy_applied.replaceAll(',', ', ')}</code>],
          ['Action', <code key="action">{approval.action}</code>],
          ['Round', approval.round > 1 ? `${approval.round}: it was asked before` : null],
        ]}
      />
      <Digest digest={approval.digest} />
      <DecisionForm
        id={approval.id}
        draft={`decision:${approval.id}:${approval.round}:${approval.digest}`}
        drafts={drafts}
        take={(decision) => take(approval, decision)}
      />
    </article>
  );
}
