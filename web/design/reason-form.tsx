import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Drafts } from '../session/drafts.ts';
import { useDraft } from '../session/use-draft.ts';
import { Problem } from './problem.tsx';
import { ReasonField } from './reason-field.tsx';
import { useSending } from './use-sending.ts';

interface ReasonFormProps {
  title: string;
  drafts: Drafts;
  /** Name of the draft in which the reason is kept. */
  draft: string;
  /** Label of the button that does it. */
  doIt: string;
  isDangerous?: boolean;
  /** It appeared on a page that was already there, so it takes the focus. */
  cameUp?: boolean;
  /** Why it can't be done yet; while there is a reason, the button is disabled. */
  notYet?: string | undefined;
  /** What the person should know first. */
  children?: ComponentChildren;
  /** Throws `Failure`. */
  onDone: (reason: string) => Promise<void>;
  onCancel: () => void;
}

/** A form for something that is recorded with a reason: what will happen, why, and yes or no. */
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
  const { sending, failure, send } = useSending();
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);

  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (cameUp) heading.current?.focus();
  }, []);

  async function answer(): Promise<void> {
    if (sending || notYet !== undefined) return;
    const words = reason.trim();
    setMissing(words === '');
    if (words === '') return field.current?.focus();
    await send(async () => {
      await onDone(words);
      setReason('');
    });
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
          onClick={() => void answer()}
        >
          {doIt}
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
        <span class="quiet" aria-live="polite">
          {sending ? 'Sending…' : notYet}
        </span>
      </div>
      {failure && <Problem failure={failure} />}
    </section>
  );
}
