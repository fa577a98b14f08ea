/** Text from outside on one line, without control and direction characters, so that it can't pose as ours. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
}
