import type { RefObject } from 'preact';

interface ReasonFieldProps {
  id: string;
  label: string;
  hint: string;
  /** It is required and empty. */
  missing: boolean;
  text: string;
  onText: (text: string) => void;
  field: RefObject<HTMLTextAreaElement | null>;
}

/** The reason that is recorded with a decision. */
export function ReasonField({ id, label, hint, missing, text, onText, field }: ReasonFieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        ref={field}
        rows={2}
        value={text}
        aria-invalid={missing}
        aria-describedby={`${id}-hint`}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <p id={`${id}-hint`} class={missing ? 'small missing' : 'small quiet'}>
        {missing ? `Needed. ${hint}` : hint}
      </p>
    </div>
  );
}
