import type { RequestView } from '#domain/request/request.schema.ts';
import type { Api } from '../api/call-api.ts';
import { Badge } from '../design/badge.tsx';
import { Facts } from '../design/facts.tsx';
import { timeWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';
import type { Drafts } from '../session/drafts.ts';
import { ActionApproval } from './action-approval.tsx';
import { Outcome } from './outcome.tsx';
import { ResolveForm } from './resolve-form.tsx';
import { actionWords, type RequestAction, verdictWord } from './state-words.ts';

interface ActionRowProps {
  requestId: string;
  action: RequestAction;
  api: Api;
  drafts: Drafts;
  onChanged: (view: RequestView) => void;
}

/** One action: what it is, what policy said about it, what became of it. */
export function ActionRow({ requestId, action, api, drafts, onChanged }: ActionRowProps) {
  return (
    <div class="action">
      <p class="row">
        <strong>{action.title}</strong>
        <span class="outside">{action.target}</span>
        <Badge {...actionWords(action.state)} />
      </p>
      <Outcome answer={action.answer} error={action.error} />
      {action.waits !== null && (
        <p class="outside">
          {action.waits.message} That is <When at={action.waits.until} words={timeWords} />.
        </p>
      )}
      {action.approval_id !== null && (
        <ActionApproval key={`${action.state} ${action.approval_id}`} id={action.approval_id} api={api} />
      )}
      {action.state === 'outcome_unknown' && (
        <ResolveForm
          requestId={requestId}
          n={action.n}
          sending={action.sending}
          api={api}
          drafts={drafts}
          onResolved={onChanged}
        />
      )}
      <Facts
        facts={[
          ['Verdict', action.verdict && verdictWord(action.verdict)],
          ['Reason', action.reason],
          ['Policy', action.policy_applied && <code>{action.policy_applied.replaceAll(',', ', ')}</code>],
          ['Data', action.classification],
        ]}
      />
    </div>
  );
}
