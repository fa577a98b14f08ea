/** Longer than any title or login that GitHub takes, in UTF-16 units. */
const longest = 300;

/** Text from outside on one line, without control and direction characters, so that it can't pose as ours. */
export function oneLine(text: string): string {
  const plain = text.slice(0, longest).toWellFormed();
  return plain.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
}
