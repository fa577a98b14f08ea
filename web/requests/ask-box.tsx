import type { RefObject, TargetedKeyboardEvent, TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { postRequest } from '#domain/request/calls.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import type { Api } from '../api/call-api.ts';
import { asFailure, type Failure } from '../api/failure.ts';
import { Problem } from '../design/problem.tsx';
import type { Drafts } from '../session/drafts.ts';
import { randomKey, submissionFor, submissionFrom } from './submission.ts';

interface AskBoxProps {
  api: Api;
  drafts: Drafts;
  text: string;
  onText: (text: string) => void;
  box: RefObject<HTMLTextAreaElement | null>;
  onAsked: (view: RequestView) => void;
}

const sentField = 'ask:sent';

/** The box in which a person says what they want. The text stays until the server has accepted it. */
export function AskBox({ api, drafts, text, onText, box, onAsked }: AskBoxProps) {
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<Pick<Failure, 'code' | 'message' | 'detail'>>();

  async function ask(): Promise<void> {
    if (sending) return;
    if (text.trim() === '') {
      setFailure({ code: 'INVALID_REQUEST', message: 'Write what you want done.', detail: undefined });
      box.current?.focus();
      return;
    }
    const submission = submissionFor(submissionFrom(drafts.read(sentField)), text, randomKey);
    drafts.write(sentField, JSON.stringify(submission));
    setSending(true);
    setFailure(undefined);
    try {
      const { text: asked, idempotencyKey } = submission;
      onAsked(
        await api(postRequest, {
          headers: { 'idempotency-key': idempotencyKey },
          body: { text: asked },
        }),
      );
      drafts.write(sentField, '');
      onText('');
    } catch (thrown) {
      setFailure(asFailure(thrown));
    } finally {
      setSending(false);
      box.current?.focus();
    }
  }

  function submit(event: TargetedSubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    void ask();
  }

  function sendByKey(event: TargetedKeyboardEvent<HTMLTextAreaElement>): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void ask();
  }

  return (
    <form class="panel ask" onSubmit={submit}>
      <label for="ask-text">What do you want done?</label>
      <textarea
        id="ask-text"
        ref={box}
        rows={3}
        value={text}
        readOnly={sending}
        aria-describedby="ask-keys"
        placeholder="list the open issues of acme/website"
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={sendByKey}
      />
      <div class="row">
        <button type="submit" class="primary" aria-disabled={sending}>
          Ask
        </button>
        <span id="ask-keys" class="quiet">
          {sending ? 'Sending…' : 'Ctrl or ⌘ with Enter sends it. Several requests are a numbered list.'}
        </span>
      </div>
      {failure && <Problem failure={failure} />}
    </form>
  );
}
