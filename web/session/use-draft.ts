import { useState } from 'preact/hooks';
import type { Drafts } from './drafts.ts';

/** A text field whose content outlives a reload of the page. */
export function useDraft(drafts: Drafts, field: string): [text: string, write: (text: string) => void] {
  const [text, setText] = useState(() => drafts.read(field));
  return [
    text,
    (next) => {
      drafts.write(field, next);
      setText(next);
    },
  ];
}
