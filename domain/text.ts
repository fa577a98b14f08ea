/** Text that PostgreSQL, Temporal and every provider can hold: well-formed Unicode, no NUL. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
