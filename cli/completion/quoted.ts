/** Text as one word of a POSIX-like shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A line of a `case`; nothing when there is no pattern or nothing to do. */
export function caseLine(patterns: readonly string[], then: string | undefined): string[] {
  if (patterns.length === 0 || then === undefined) return [];
  return [`    ${patterns.map(quoted).join(' | ')}) ${then} ;;`];
}
