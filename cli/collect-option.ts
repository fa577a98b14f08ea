/** All values of an option that may be repeated. */
export function collectOption(one: string, before: string[]): string[] {
  return [...before, one];
}
