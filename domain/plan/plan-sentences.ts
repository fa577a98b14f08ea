/** Separates two actions of one request. One space each, so that matching takes linear time. */
const separator = /;\s|\r?\n|\sand then\s/i;

/** The parts of a text that may be actions of their own; empty ones are dropped. */
export function splitSentences(text: string): readonly string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
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
