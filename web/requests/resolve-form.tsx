import { useRef, useState } from 'preact/hooks';
import { resolveRequest } from '#domain/request/calls.ts';
import type { RequestView, ResolveRequest } from '#domain/request/request.schema.ts';
import type { Api } from '../api/call-api.ts';
import { Problem } from '../design/problem.tsx';
import { ReasonField } from '../design/reason-field.tsx';
import { useSending } from '../design/use-sending.ts';
import type { Drafts } from '../session/drafts.ts';
import { useDraft } from '../session/use-draft.ts';

interface ResolveFormProps {
  requestId: string;
  n: number;
  /** The sending whose outcome is unknown. */
  sending: number;
  api: Api;
  drafts: Drafts;
  onResolved: (view: RequestView) => void;
}

const choices: readonly (readonly [resolution: ResolveRequest['resolution'], words: string])[] = [
  ['happened', 'It happened'],
  ['send_again', 'Send again'],
  ['give_up', 'Give up'],
];

/** It is not known whether the effect happened: a person looks at the target and tells. */
export function ResolveForm({ requestId, n, sending: sent, api, drafts, onResolved }: ResolveFormProps) {
  const [reason, setReason] = useDraft(drafts, `resolve:${requestId}:${n}`);
  const [missing, setMissing] = useState(false);
  const { sending, failure, send } = useSending();
  const field = useRef<HTMLTextAreaElement>(null);

  async function resolve(resolution: ResolveRequest['resolution']): Promise<void> {
    if (sending) return;
    setMissing(reason.trim() === '');
    if (reason.trim() === '') return field.current?.focus();
    await send(async () => {
      const body = { n, sending: sent, resolution, reason: reason.trim() };
      onResolved(await api(resolveRequest, { params: { id: requestId }, body }));
      setReason('');
    });
  }

  return (
    <fieldset>
      <legend>Did it happen? Look at the target and say.</legend>
      <ReasonField
        id={`resolve-${requestId}-${n}`}
        label="What did you see?"
        hint="Goes on the record with your answer."
        missing={missing}
        text={reason}
        onText={setReason}
        field={field}
      />
      <div class="row">
        {choices.map(([resolution, words]) => (
          <button
            key={resolution}
            type="button"
            aria-disabled={sending}
            onClick={() => void resolve(resolution)}
          >
            {words}
          </button>
        ))}
      </div>
      {failure && <Problem failure={failure} />}
    </fieldset>
  );
}
