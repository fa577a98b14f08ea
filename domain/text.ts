/** Can PostgreSQL, Temporal and every provider store the text? Well-formed Unicode, no NUL. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
