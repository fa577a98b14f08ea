import type { ComponentChildren } from 'preact';
import { type FieldProblem, problemWords } from '../api/field-problems.ts';

interface FieldProps {
  id: string;
  label: string;
  hint?: string | undefined;
  /** The problem that the server found with it. */
  problems?: readonly FieldProblem[] | undefined;
}

interface TextFieldProps extends FieldProps {
  text: string;
  onText: (text: string) => void;
  type?: 'text' | 'datetime-local' | 'url';
  required?: boolean;
  /** Suggested values; others can be typed. */
  known?: readonly string[];
}

/** One line of text. */
export function TextField({
  text,
  onText,
  type = 'text',
  required = false,
  known,
  ...field
}: TextFieldProps) {
  return (
    <Field {...field}>
      <input
        {...described(field)}
        type={type}
        value={text}
        required={required}
        {...(known === undefined ? {} : { list: `${field.id}-known` })}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {known && (
        <datalist id={`${field.id}-known`}>
          {known.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
    </Field>
  );
}

interface SelectFieldProps extends FieldProps {
  value: string;
  onValue: (value: string) => void;
  /** Value and label of each choice, in order. */
  options: readonly (readonly [value: string, words: string])[];
}

/** A choice of one out of a few. */
export function SelectField({ value, onValue, options, ...field }: SelectFieldProps) {
  return (
    <Field {...field}>
      <select {...described(field)} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {options.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface CodeFieldProps extends FieldProps {
  text: string;
  onText: (text: string) => void;
  rows: number;
}

/** Several lines in which every character counts. */
export function CodeField({ text, onText, rows, ...field }: CodeFieldProps) {
  return (
    <Field {...field}>
      <textarea
        {...described(field)}
        class="code"
        rows={rows}
        value={text}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </Field>
  );
}

function described({ id, hint, problems = [] }: FieldProps) {
  const by = [problems.length > 0 ? `${id}-problems` : '', hint === undefined ? '' : `${id}-hint`];
  const words = by.filter((part) => part !== '').join(' ');
  return {
    id,
    'aria-invalid': problems.length > 0,
    ...(words === '' ? {} : { 'aria-describedby': words }),
  };
}

function Field({ id, label, hint, problems = [], children }: FieldProps & { children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {problems.length > 0 && (
        <ul id={`${id}-problems`} class="small missing problems">
          {problems.map((one) => (
            <li key={problemWords(one)}>{problemWords(one)}</li>
          ))}
        </ul>
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} class="small quiet">
          {hint}
        </p>
      )}
    </div>
  );
}
