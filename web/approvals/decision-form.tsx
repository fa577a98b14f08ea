import { useRef, useState } from 'preact/hooks';
import type { ApprovalDecision } from '#domain/approval/approval.schema.ts';
import { ReasonField } from '../design/reason-field.tsx';
import type { Drafts } from '../session/drafts.ts';
import { useDraft } from '../session/use-draft.ts';

interface DecisionFormProps {
  id: string;
  /** Name of the draft in which the reason is kept. */
  draft: string;
  drafts: Drafts;
  take: (decision: Omit<ApprovalDecision, 'digest'>) => Promise<boolean>;
}

/** Approve or reject; a rejection needs a reason. */
export function DecisionForm({ id, draft, drafts, take }: DecisionFormProps) {
  const [reason, setReason] = useDraft(drafts, draft);
  const [missing, setMissing] = useState(false);
  const [sending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);

  async function decide(decision: ApprovalDecision['decision']): Promise<void> {
    if (sending) return;
    const words = reason.trim();
    setMissing(decision === 'reject' && words === '');
    if (decision === 'reject' && words === '') return field.current?.focus();
    setSending(true);
    const taken = await take(words === '' ? { decision } : { decision, reason: words });
    if (taken) setReason('');
    setSending(false);
  }

  return (
    <div class="decision">
      <ReasonField
        id={`reason-${id}`}
        label="Reason"
        hint="To reject you need one; the person who asked reads it."
        missing={missing}
        text={reason}
        onText={setReason}
        field={field}
      />
      <div class="row">
        <button type="button" class="primary" aria-disabled={sending} onClick={() => void decide('approve')}>
          Approve
        </button>
        <button type="button" class="danger" aria-disabled={sending} onClick={() => void decide('reject')}>
          Reject
        </button>
        {sending && <span class="quiet">Sending…</span>}
      </div>
    </div>
  );
}
