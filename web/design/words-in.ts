/** The words between commas, semicolons or spaces, in order, each once. */
export function wordsIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/u).filter((part) => part !== ''))];
}
