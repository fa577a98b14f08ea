/** Longer than any title or login on GitHub, in UTF-16 units. */
const longest = 300;

/** Text from outside on one line, without control and direction characters, so that it can't be mistaken for ours. */
export function oneLine(text: string): string {
  const plain = text.slice(0, longest).toWellFormed();
  return plain.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
}
