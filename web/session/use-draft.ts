import { useState } from 'preact/hooks';
import type { Drafts } from './drafts.ts';

/** A text field whose content survives a reload of the page; `initial` is its content before anything is typed. */
export function useDraft(
  drafts: Drafts,
  field: string,
  initial = '',
): [text: string, write: (text: string) => void] {
  const read = () => ({ field, text: drafts.read(field) || initial });
  const [known, setKnown] = useState(read);
  const { text } = known.field === field ? known : read();
  return [
    text,
    (next) => {
      drafts.write(field, next);
      setKnown({ field, text: next });
    },
  ];
}
