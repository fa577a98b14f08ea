/** What people write between two wishes. One space each, so that matching takes linear time. */
const separator = /;\s|\r?\n|\sand then\s/i;

/** The parts of a text that may be wishes of their own; empty ones are dropped. */
export function splitSentences(text: string): readonly string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/**
 * The items of a text that is a numbered list from its first line on, each with everything up to the end: where the
 * next one begins, only its reader knows. `undefined` for any other text. Items are `1.` or `1)`, counted from one, at
 * the beginning of a line; text that was pasted behind a wish doesn't go on counting by accident.
 */
export function numberedItems(text: string): readonly NumberedItem[] | undefined {
  // Only what everybody sees as a new line begins an item.
  const marks = [...text.matchAll(/(?<![^\n])[ \t]*(\d{1,3})[.)][ \t]/g)];
  const [first] = marks;
  if (first?.[1] !== '1' || text.slice(0, first.index).trim() !== '') return undefined;
  const items: NumberedItem[] = [];
  for (const mark of marks) {
    if (Number(mark[1]) !== items.length + 1) continue;
    const last = items.at(-1);
    if (last !== undefined) last.end = mark.index;
    items.push({ start: mark.index + mark[0].length, end: text.length });
  }
  return items;
}

/** Where an item begins and where the next one does, in characters of the text. */
export interface NumberedItem {
  start: number;
  end: number;
}

const opening = /^(?:please|(?:can|could|would) you)[,\s]\s*/i;

/** A request without "please" and "could you" before it. */
export function withoutOpening(text: string): string {
  let rest = text.trim();
  // "please could you please" is about as polite as people get.
  for (let courtesy = 0; courtesy < 3; courtesy += 1) rest = rest.replace(opening, '');
  return rest;
}

/** A request without punctuation and "please" after it; not for texts whose end must stay as it is. */
export function withoutEnding(text: string): string {
  const plain = withoutPunctuation(text);
  if (!/[\s,]please$/i.test(plain.slice(-7))) return plain;
  return withoutPunctuation(plain.slice(0, -7));
}

function withoutPunctuation(text: string): string {
  let end = text.length;
  while (end > 0 && /[\s.,;!?]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
