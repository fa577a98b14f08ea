/** Every value of an option that may be said again. */
export function collectOption(one: string, before: string[]): string[] {
  return [...before, one];
}
