/**
 * Asks at most once in `ms` milliseconds, however often its answer is wanted: anybody may ask for the status. A failure is
 * forgotten at once.
 */
export function keptFor<Answer>(ms: number, look: () => Promise<Answer>): () => Promise<Answer> {
  let last: { at: number; found: Promise<Answer> } | undefined;
  return () => {
    const at = performance.now();
    if (last === undefined || at - last.at > ms) {
      const asked = { at, found: look() };
      asked.found.catch(() => {
        if (last === asked) last = undefined;
      });
      last = asked;
    }
    return last.found;
  };
}
