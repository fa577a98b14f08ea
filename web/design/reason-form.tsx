import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { asFailure, type Failure } from '../api/failure.ts';
import type { Drafts } from '../session/drafts.ts';
import { useDraft } from '../session/use-draft.ts';
import { Problem } from './problem.tsx';
import { ReasonField } from './reason-field.tsx';

interface ReasonFormProps {
  title: string;
  drafts: Drafts;
  /** Name of the draft that the reason is kept under. */
  draft: string;
  /** Words of the button that does it. */
  doIt: string;
  isDangerous?: boolean;
  /** It came up on a page that was there: it takes the focus, wherever it stands. */
  cameUp?: boolean;
  /** Why it can't be done yet; the button is off as long as there is a why. */
  notYet?: string | undefined;
  /** What the person should know before. */
  children?: ComponentChildren;
  /** Throws `Failure`. */
  onDone: (reason: string) => Promise<void>;
  onCancel: () => void;
}

/** Something that goes on record with a reason: what will happen, why, and yes or no. */
export function ReasonForm(props: ReasonFormProps) {
  const {
    title,
    drafts,
    draft,
    doIt,
    isDangerous = false,
    cameUp = true,
    notYet,
    children,
    onDone,
    onCancel,
  } = props;
  const [reason, setReason] = useDraft(drafts, draft);
  const [missing, setMissing] = useState(false);
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);

  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (cameUp) heading.current?.focus();
  }, []);

  async function send(): Promise<void> {
    if (sending || notYet !== undefined) return;
    const words = reason.trim();
    setMissing(words === '');
    if (words === '') return field.current?.focus();
    setSending(true);
    setFailure(undefined);
    try {
      await onDone(words);
      setReason('');
    } catch (thrown) {
      setFailure(asFailure(thrown));
    } finally {
      setSending(false);
    }
  }

  return (
    <section class="panel" aria-label={title}>
      {cameUp && (
        <h3 ref={heading} tabIndex={-1}>
          {title}
        </h3>
      )}
      {children}
      <ReasonField
        id={`reason-${id}`}
        label="Reason"
        hint="Goes on the record with your name."
        missing={missing}
        text={reason}
        onText={setReason}
        field={field}
      />
      <div class="row">
        <button
          type="button"
          class={isDangerous ? 'danger' : 'primary'}
          aria-disabled={sending || notYet !== undefined}
          onClick={() => void send()}
        >
          {doIt}
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
        {(sending || notYet !== undefined) && <span class="quiet">{sending ? 'Sending…' : notYet}</span>}
      </div>
      {failure && <Problem failure={failure} />}
    </section>
  );
}
